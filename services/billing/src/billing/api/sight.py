"""What the signed-in family or guardian sees of its bills."""

from billing.store.sight import Sight
from chassis.auth import Principal


def sight_of(principal: Principal) -> Sight:
    """Only after a guard for families."""
    return Sight(principal.own_family, principal.guardian_id)
