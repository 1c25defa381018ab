"""What usually sells a kind of product: the vocabulary's rule priors, held against a set.

A habit knows the product and not the brief: it keeps kitchens away from headphones when a brief's
own words have run out.
"""

from collections.abc import Mapping, Sequence

from backlot.vocabulary import RulePrior, Vocabulary
from services.matcher.product import Product

LATER = 0.1
"""What each place further down the list of settings or lights costs."""

# A setting makes the picture, light colours it, a prop is a detail.
SETTING, LIGHTING, PROPS = 1.0, 0.3, 0.075


def habit_of(product: Product, vocabulary: Vocabulary) -> RulePrior | None:
    """Return the prior of a product's category or group; None when neither is known."""
    if product.category is None and product.group is None:
        return None
    category = product.category
    known = category is not None and vocabulary.has(category)
    return vocabulary.prior_for(category if known else None, None if known else product.group)


def follows(prior: RulePrior | None, shown: Mapping[str, float]) -> float:
    """Return how well a set follows a habit, 0 to 1; 0 without one."""
    if prior is None:
        return 0.0
    setting = max(_best(prior.setting_studio, shown), _best(prior.setting_space, shown))
    props = max((shown.get(term, 0.0) for term in prior.props), default=0.0)
    given = SETTING * setting + LIGHTING * _best(prior.lighting, shown) + PROPS * props
    return given / (SETTING + LIGHTING + PROPS)


def _best(terms: Sequence[str], shown: Mapping[str, float]) -> float:
    """Return what the best of the terms a set shows is worth, 0 to 1."""
    return max(
        (shown.get(term, 0.0) * (1 - LATER * place) for place, term in enumerate(terms)),
        default=0.0,
    )
