"""The table of the guide's promises is what the marks of the tests say."""

from support import guide


def test_the_table_is_as_the_tests_are_marked():
    assert guide.TABLE.read_text() == guide.as_table(), "`make documents` writes it again"


def test_each_promise_is_kept_by_a_test():
    assert [number for number, tests in guide.kept().items() if not tests] == []
