"""The benchmark's own arithmetic; what it measures is no test's business."""

from bench.contest import Turn
from bench.load import FIRST_SLOT, SLOT, Figures, Plan, Tally, filled, percentile
from bench.report import floors, ratios, table


def turn(per_second: float) -> Turn:
    return Turn(Figures(per_second, 1.0, 2.0, 3.0, 100, 0), {"own": 0.1, "postgres": 0.1, "rabbitmq": 0.0})


def test_each_request_gets_its_own_number_and_slot():
    body = '{"n": %n, "from": "%start", "to": "%end"}'
    assert (
        filled(body, 2).decode()
        == f'{{"n": 2, "from": "{(FIRST_SLOT + 2 * SLOT).isoformat()}", "to": "{(FIRST_SLOT + 3 * SLOT).isoformat()}"}}'
    )


def test_a_percentile_is_one_of_the_values():
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 3.0
    assert percentile([1.0], 0.99) == 1.0
    assert percentile([], 0.5) == 0.0


def test_only_what_was_answered_in_time_counts_and_everything_sent_is_told():
    tally = Tally(10)
    numbers = [tally.take() for _ in range(4)]
    tally.took += [0.001, 0.003]
    figures = tally.figures(2.0)
    assert numbers == [10, 11, 12, 13]
    assert (figures.per_second, figures.sent, figures.p99) == (1.0, 4, 3.0)


def test_ratios_are_taken_round_by_round_and_held_against_the_floors():
    turns = {"suite": [turn(30), turn(40)], "bare": [turn(100), turn(100)], "monolith": [turn(10), turn(40)]}
    assert ratios(turns, "bare") == [0.3, 0.4]
    told = list(floors({("get client", 16): turns}))
    assert [line.split()[-1] for line in told] == ["reached", "reached"]
    assert "0.35 (0.30 to 0.40)" in "\n".join(table(("get client", 16), turns))


def test_a_plan_travels_as_json():
    plan = Plan(port=1, method="GET", paths=["/"])
    assert plan.users == 1
