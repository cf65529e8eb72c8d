"""The ledger's pure rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain import ledger
from billing.domain.ledger import Account, Entry, Posting, PostingKind, balance, take_over


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_what_is_taken_over_is_the_total_less_what_was_paid(total, paid):
    entries = [entry for posting in take_over(total, paid) for entry in posting.entries]
    assert balance(entries) == total - paid
    assert sum(entry.amount_cents for entry in entries) == 0


def test_a_posting_with_one_side_is_refused():
    with pytest.raises(ledger.Unbalanced):
        Posting(PostingKind.INVOICE_IMPORTED, (Entry(Account.RECEIVABLE, 100),))
