"""One way to group digits."""

from vpdesk.figures import GROUP_SPACE, grouped


def test_digits_are_in_groups_of_three_that_a_line_does_not_break() -> None:
    numbers = {0: "0", 999: "999", 1000: "1 000", 12345: "12 345", -1234567: "-1 234 567"}
    assert {number: grouped(number).replace(GROUP_SPACE, " ") for number in numbers} == numbers
    assert " " not in grouped(1234567)
    assert grouped(-1234.56, "+,.1f") == f"-1{GROUP_SPACE}234.6"
