"""One way to write numbers and sizes."""

from vpdesk.figures import GROUP_SPACE, bytes_text, grouped


def test_digits_are_in_groups_of_three_that_a_line_does_not_break() -> None:
    numbers = {0: "0", 999: "999", 1000: "1 000", 12345: "12 345", -1234567: "-1 234 567"}
    assert {number: grouped(number).replace(GROUP_SPACE, " ") for number in numbers} == numbers
    assert " " not in grouped(1234567)
    assert grouped(-1234.56, "+,.1f") == f"-1{GROUP_SPACE}234.6"


def test_a_small_file_has_a_size_too() -> None:
    sizes = {0: "0 kB", 26_304: "26 kB", 99_999: "100 kB", 100_000: "0.1 MB", 9_857_000: "9.9 MB"}
    assert {size: bytes_text(size) for size in sizes} == sizes
