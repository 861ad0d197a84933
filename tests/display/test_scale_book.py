import numpy as np

from vpdesk.display.layers import LAYERS
from vpdesk.display.scale import Scale
from vpdesk.display.scale_book import ScaleBook

NET, BALANCE = LAYERS["net"], LAYERS["balance"]
VALUES = np.random.default_rng(4).normal(0, 30, 5000).astype(np.float32)


def test_the_first_columns_refine_the_scale_a_few_times_and_then_it_stays() -> None:
    book = ScaleBook()
    n_fits = 0
    for n_columns in range(1, 2000):
        if book.wants_fit(NET, n_columns):
            book.fit_first(NET, VALUES, n_columns)
            n_fits += 1
    assert n_fits == 5


def test_columns_without_values_do_not_use_up_a_fit() -> None:
    book = ScaleBook()
    book.fit_first(NET, np.zeros(50, np.float32), 500)
    assert book.wants_fit(NET, 500)


def test_a_scale_chosen_by_hand_is_never_fitted_over() -> None:
    book, chosen = ScaleBook(), Scale.of("log", -7.0, 7.0, True)
    book.choose(NET, chosen)
    assert not book.wants_fit(NET, 10_000)
    assert book.scale_of(NET) == chosen


def test_asking_for_another_transform_before_there_are_values_leaves_the_fit_for_later() -> None:
    book = ScaleBook()
    book.fit(NET, "log", np.zeros(0, np.float32))
    assert book.scale_of(NET).kind == "log"
    assert book.wants_fit(NET, 1)


def test_a_layer_of_known_range_keeps_its_bounds_whatever_is_visible() -> None:
    book = ScaleBook()
    book.fit(BALANCE, "linear", np.full(10, 0.01, np.float32))
    assert (book.scale_of(BALANCE).low, book.scale_of(BALANCE).high) == (-1.0, 1.0)
