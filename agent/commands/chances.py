"""`python -m agent.commands.chances`: write the table of chances into docs/metrics.md; a test holds the page to it."""

from __future__ import annotations

from agent.results.verdicts.chances import chances_table
from agent.session.files import write_text
from agent.session.paths import REPOSITORY

PAGE = REPOSITORY / "docs" / "metrics.md"
BEGIN, END = "<!-- chances: begin -->", "<!-- chances: end -->"


def with_chances(page: str) -> str:
    """The page with the table between its two markers. Raises ValueError where they are not there once each, in order."""
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise ValueError(f"the page needs the lines {BEGIN} and {END}, once each and in this order")
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    return f"{before}{BEGIN}\n{chances_table()}\n{END}{after}"


if __name__ == "__main__":
    write_text(PAGE, with_chances(PAGE.read_text(encoding="utf-8")))
