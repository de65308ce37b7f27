"""What a reader of the documents would look up first, asked of the real data."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from hct_kg.catalogue import load
from hct_kg.dataset import Dataset
from hct_kg.store import Row
from hct_kg.terms import DERIVED, ID, shorten

QUERIES = load(Path(__file__).parents[1] / "queries")


def ask(real: Dataset, name: str, **given: str) -> list[Row]:
    return real.store.select(QUERIES[name].bind(given))


def short(rows: list[Row], column: str) -> list[str]:
    return [shorten(row[column].value) for row in rows if column in row]


@pytest.mark.parametrize(
    ("site", "amount"),
    [
        ("coventry", 449_558),
        ("croydon", 472_061),
        ("gloucestershire", 455_340),
        ("leeds", 452_769),
        ("plymouth", 469_710),
    ],
)
def test_each_phase_2_grant_is_the_one_in_figure_2(real: Dataset, site: str, amount: int) -> None:
    rows = ask(real, "grants-by-site-and-phase", site=f"site/{site}", phase="phase/hct-2")
    assert [Decimal(row["amount"].value) for row in rows] == [amount]
    assert [row["currency"].value for row in rows] == ["GBP"]


def test_six_sites_had_50_000_in_phase_1_newham_among_them(real: Dataset) -> None:
    rows = ask(real, "grants-by-site-and-phase", programme="programme/hct", phase="phase/hct-1")
    amounts = dict(zip(short(rows, "site"), (Decimal(row["amount"].value) for row in rows), strict=True))
    sites = ("coventry", "croydon", "gloucestershire", "leeds", "newham", "plymouth")
    assert amounts == {f"site/{site}": 50_000 for site in sites}


@pytest.mark.parametrize(
    ("total", "stated", "computed"),
    [
        ("figure-2-sub-total-phase-1", 250_000, 250_000),
        ("phase-1-total-with-newham", 300_000, 300_000),
        ("figure-2-sub-total-phase-2", 2_299_438, 2_299_438),
        ("figure-2-grand-total", 2_599_438, 2_549_438),
    ],
)
def test_the_totals_of_figure_2_are_held_as_stated_and_added_up(
    real: Dataset, total: str, stated: int, computed: int
) -> None:
    [row] = ask(real, "do-the-totals-add-up", total=f"value/{total}")
    assert [Decimal(row[name].value) for name in ("stated", "computed")] == [stated, computed]


def test_the_50_000_that_the_sub_totals_lack_is_explained(real: Dataset) -> None:
    [row] = ask(real, "do-the-totals-add-up", total="value/figure-2-grand-total")
    assert Decimal(row["difference"].value) == 50_000
    assert shorten(row["resolution"].value) == "resolution/explained"
    joined = ask(real, "records-that-disagree", kind="discrepancy-kind/arithmetic", resolution="resolution/explained")
    assert "value/newham-phase-1-grant" in short(joined, "record")


def test_coventry_began_with_four_named_partners_and_one_was_no_longer_represented(real: Dataset) -> None:
    start = ask(real, "partners-of-a-site", site="site/coventry", moment="moment/start")
    assert short(start, "member") == [
        "organisation/coventry-and-warwickshire-icb",
        "organisation/coventry-and-warwickshire-partnership-trust",
        "organisation/coventry-city-council",
        "organisation/grapevine",
    ]
    left = ask(real, "who-left-a-site", site="site/coventry")
    assert short(left, "member") == ["organisation/coventry-and-warwickshire-partnership-trust"]


def test_four_of_the_six_partners_of_leeds_stay_unnamed(real: Dataset) -> None:
    rows = ask(real, "partners-of-a-site", site="site/leeds", moment="moment/end")
    assert short(rows, "member") == ["organisation/leeds-city-council", "organisation/west-yorkshire-icb"]
    assert [row["unnamedCount"].value for row in rows if "unnamedCount" in row] == ["4"]


def test_grant_funding_leads_to_the_ultimate_impact_and_every_link_has_a_passage(real: Dataset) -> None:
    reached = ask(real, "outcomes-of-a-factor", factor="factor/grant-funding")
    assert "factor/ultimate-impact" in short(reached, "outcome")
    path = ask(real, "paths-to-outcomes", factor="factor/grant-funding", outcome="factor/ultimate-impact")
    assert "factor/grant-funding" in short(path, "cause")
    assert "factor/ultimate-impact" in short(path, "effect")
    assert all(row["passages"].value.startswith("passage/evaluation-report-") for row in path)


def test_nothing_places_newham_in_phase_2(real: Dataset) -> None:
    rows = ask(real, "site-in-a-phase", site="site/newham", phase="phase/hct-2")
    assert {row["answer"].value for row in rows} == {"no document places the site in this phase"}
    assert short(rows, "grant") == []
    assert "statement/newham-left-after-phase-1" in short(rows, "claim")


def test_two_unnamed_sites_stay_unnamed(real: Dataset) -> None:
    [row] = ask(real, "members-of-a-scope", scope="scope/hct-sites-two-unnamed")
    assert "member" not in row
    assert row["answer"].value == "not named in the source"


def test_every_link_of_the_theory_of_change_is_a_plan(real: Dataset) -> None:
    links = real.store.select(
        """PREFIX hct: <https://w3id.org/hct-kg/ns#>
        SELECT ?link ?modality {
          ?link hct:model <https://w3id.org/hct-kg/id/model/hct-theory-of-change> ;
            hct:cause ?cause ;
            hct:modality ?modality .
        }"""
    )
    assert len(links) > 100
    assert set(short(links, "modality")) == {"modality/intended"}


def test_no_statement_stands_in_two_graphs(real: Dataset) -> None:
    """The union of all graphs gives a statement once for each graph, which would double rows."""
    doubled = real.store.select(
        f"""SELECT ?s ?p ?o (COUNT(*) AS ?graphs) {{
          GRAPH ?g {{ ?s ?p ?o }}
          FILTER (STRSTARTS(STR(?s), "{ID}") && !STRSTARTS(STR(?g), "{DERIVED}/signed-edges/"))
        }} GROUP BY ?s ?p ?o HAVING (COUNT(*) > 1)"""
    )
    assert doubled == []


def test_every_recommendation_to_funders_is_shown_with_what_backs_it(real: Dataset) -> None:
    advised = set(short(ask(real, "recommendations-by-audience", audience="audience/funders"), "recommendation"))
    backed = ask(real, "findings-behind-a-recommendation", audience="audience/funders")
    assert len(advised) > 5
    assert set(short(backed, "recommendation")) == advised
    assert {row["answer"].value for row in backed if "finding" not in row} <= {"no finding is held for it"}


def test_the_system_map_gives_only_arrows_that_the_text_puts_in_words(real: Dataset) -> None:
    rows = ask(real, "arrows-of-a-drawing", model="model/hct-system-map")
    assert len(short(rows, "link")) == len(rows) > 10
    assert all(row["passages"].value.startswith("passage/evaluation-report-") for row in rows)


def test_the_stated_loop_has_no_sign_for_its_closing_arrow_is_not_in_words(real: Dataset) -> None:
    [row] = ask(real, "feedback-loops", model="model/hct-system-map")
    assert [row[name].value for name in ("origin", "length", "sign")] == ["stated", "3", "not said"]


def test_no_site_is_placed_on_any_of_the_seven_spectra(real: Dataset) -> None:
    rows = ask(real, "sites-along-the-spectra")
    assert len(set(short(rows, "spectrum"))) == 7
    assert {row["answer"].value for row in rows} == {"no site is placed"}


def test_the_interviews_of_the_text_and_of_the_figures_are_joined_where_they_differ(real: Dataset) -> None:
    rows = ask(real, "evidence-by-site-and-round", method="method/semi-structured-interview", round="round/year-1")
    found = {shorten(row["value"].value): row for row in rows}
    for value, number in (("interviews-year-1-in-text", "40"), ("figure-1-interviews-year-1", "41")):
        assert found[f"value/{value}"]["number"].value == number
        assert found[f"value/{value}"]["discrepancies"].value.startswith("discrepancy/")


def test_no_document_relates_the_programme_of_the_fifth_document_to_hct(real: Dataset) -> None:
    [row] = ask(real, "how-two-programmes-relate", programme="programme/power-in-partnerships", other="programme/hct")
    assert row["answer"].value == "no document relates them"


def test_most_links_of_the_theory_of_change_are_borne_out_by_no_finding(real: Dataset) -> None:
    rows = ask(real, "links-that-findings-bear-out", model="model/hct-theory-of-change")
    borne_out = [row for row in rows if not row["answer"].value.startswith("none")]
    assert 0 < len(borne_out) < len(rows) / 10
    assert all(row["for"].value or row["qualifying"].value or row["against"].value for row in borne_out)
