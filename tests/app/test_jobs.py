from pytestqt.qtbot import QtBot

from vpdesk.app.jobs import Job
from vpdesk.errors import SourceError
from vpdesk.ui.parts.notices import NoticeBar


def test_a_refused_job_gives_its_sentence_and_what_lies_behind_it(qtbot: QtBot) -> None:
    bar = NoticeBar()
    qtbot.addWidget(bar)

    def read(*_: object) -> None:
        try:
            raise PermissionError(13, "Permission denied")
        except PermissionError as error:
            raise SourceError("day.dbn cannot be read.") from error

    job = Job(read, "test-job")
    job.failed.connect(bar.show_notice)
    job.start()
    qtbot.waitUntil(lambda: bool(bar.notices))
    (notice,) = bar.notices
    assert notice.text == "day.dbn cannot be read."
    assert notice.details.startswith("builtins.PermissionError: [Errno 13] Permission denied (in read, ")
