"""Names of runs and of steps: formatted and parsed here and (runs) in agent/names.py, nowhere else.

Both are strings, as the journal, files and people write them; the types only know their parts.

    run_3                a run; run_0 is the baseline
    plan · audit · citations · paper/marked · check · hypotheses
    said/1f0c…           a person's word, by what was said and when
    run_0/seed_1         a launch of the baseline          run_0/control_untrained   of a control beside it
    run_3/turn_2         a turn of the coder, its launch           …/again_1   the same launch after a mended machine
    run_3/turn_2/1       an exchange within a step
    run_3/turn_2/seed_1  the same code with another seed     run_3/seed_1   what that launch is for
    run_3/confirm_101    a launch on a fresh seed          run_0/confirm_101   the baseline's
    confirm/candidate · confirm/opened · confirm/outcome · confirm/note
    run_3/parent · run_3/note · run_3/advice · run_3/note_final · run_3/note_revised · run_3/patience · run_3/abandoned_1
    review · review/Method   the review of the draft, the writer's answers to the objections to a section
    signed/1             a person signs the draft off
    notes/revised        the question which notes no longer hold, after all the runs
    figures/turn_1 · figures/template · figures/note
    draft/Method/fill · …/refine · …/repair_2 · …/audit_1 · …/plain · draft/title · draft/compile_1
    audit · audit/round_1    the audit, and findings of it that go back to their sections first
"""

from __future__ import annotations

import re

from agent.names import BASELINE, ControlName, Name, RunName

__all__ = [
    "AUDIT",
    "BASELINE",
    "CANDIDATE",
    "CHECK",
    "CITATIONS",
    "CONFIRMATION",
    "CONFIRMED",
    "CONFIRM_NOTE",
    "FIGURES",
    "FIGURES_NOTE",
    "FIGURES_TEMPLATE",
    "HYPOTHESES",
    "MARKED",
    "OPENED",
    "PLAN",
    "REVIEW",
    "TITLE",
    "ControlName",
    "RunName",
    "Step",
]
_NUMBERED = re.compile(r"([a-z]+)_(\d+)")


class Step(Name):
    """A step's name: parts between slashes. Any string is one, as older journals may hold others."""

    __slots__ = ()

    @classmethod
    def seed(cls, seed: int) -> Step:
        """A launch of the baseline."""
        return cls(f"{BASELINE}/seed_{seed}")

    @classmethod
    def control(cls, control: ControlName) -> Step:
        """A control that is measured beside the baseline, and its launch."""
        return cls(f"{BASELINE}/control_{control}")

    @classmethod
    def confirmation(cls, run: RunName, seed: int) -> Step:
        """A launch of a run, or of the baseline, on a fresh seed; `…/alone` once more, not beside others."""
        return cls(f"{run}/confirm_{seed}")

    @classmethod
    def turn(cls, run: RunName, number: int) -> Step:
        """A turn of the coder for a run, and the launch that follows it."""
        return cls(f"{run}/turn_{number}")

    @classmethod
    def said(cls, key: str) -> Step:
        """A person's word that was taken up."""
        return cls(f"said/{key}")

    @classmethod
    def patience(cls, run: RunName) -> Step:
        """The end of the runs with this one."""
        return cls(f"{run}/patience")

    @classmethod
    def parent(cls, run: RunName) -> Step:
        """The choice of the run that this one begins from."""
        return cls(f"{run}/parent")

    @classmethod
    def note(cls, run: RunName) -> Step:
        return cls(f"{run}/note")

    @classmethod
    def note_final(cls, run: RunName) -> Step:
        """The note once more, after the advice on it."""
        return cls(f"{run}/note_final")

    @classmethod
    def note_revised(cls, run: RunName) -> Step:
        """The note once more, after all that came later."""
        return cls(f"{run}/note_revised")

    @classmethod
    def advice(cls, run: RunName) -> Step:
        return cls(f"{run}/advice")

    @classmethod
    def abandoned(cls, run: RunName, time: int) -> Step:
        """A run given up for the first, second … time."""
        return cls(f"{run}/abandoned_{time}")

    @classmethod
    def figures_turn(cls, number: int) -> Step:
        return cls(f"{FIGURES}/turn_{number}")

    @classmethod
    def section(cls, name: str, phase: str) -> Step:
        """A section filled or refined, or set as plain text."""
        return cls(f"draft/{name}/{phase}")

    @classmethod
    def repair(cls, section: str, number: int) -> Step:
        """A section given back since LaTeX did not take it."""
        return cls(f"draft/{section}/repair_{number}")

    @classmethod
    def look(cls, section: str, number: int) -> Step:
        """A section given back since something is wrong with its printed pages."""
        return cls(f"draft/{section}/look_{number}")

    @classmethod
    def plain(cls, section: str, time: int = 1) -> Step:
        """A section set as plain text for the first, second … time."""
        return cls(f"draft/{section}/plain" if time == 1 else f"draft/{section}/plain_{time}")

    @classmethod
    def mended(cls, section: str, number: int) -> Step:
        """A section given back since the audit has findings in it."""
        return cls(f"draft/{section}/audit_{number}")

    @classmethod
    def audit_round(cls, number: int) -> Step:
        """The audit's findings go back to their sections for the first, second … time."""
        return cls(f"{AUDIT}/round_{number}")

    @classmethod
    def restored(cls, section: str, number: int) -> Step:
        """A section as it was last printed, after a version that LaTeX did not take."""
        return cls(f"draft/{section}/restored_{number}")

    @classmethod
    def review_answer(cls, section: str) -> Step:
        """The writer's answers to the objections to a section."""
        return cls(f"{REVIEW}/{section}")

    @classmethod
    def signed(cls, number: int) -> Step:
        """The first, second … signature of a person below the draft."""
        return cls(f"signed/{number}")

    @classmethod
    def compilation(cls, number: int) -> Step:
        return cls(f"draft/compile_{number}")

    def exchange(self, number: int) -> Step:
        """The first, second … model call within this step."""
        return Step(f"{self}/{number}")

    def again(self, number: int) -> Step:
        """The same launch once more, after whatever stopped it was mended."""
        return Step(f"{self}/again_{number}") if number else self

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.split("/"))

    @property
    def run(self) -> RunName | None:
        """The run that it belongs to; None for the plan, the figures, the draft."""
        return RunName.parse(self.parts[0])

    @property
    def first_launch(self) -> Step:
        """The launch that this one repeats; itself where it repeats none."""
        return Step(self.partition("/again_")[0])

    @property
    def of_turn(self) -> Step:
        """The turn whose code it launches, first or again, with whatever seed; itself where it is of none."""
        first = self.first_launch
        return Step(first.partition("/seed_")[0]) if self.number_of("turn") is not None else first

    @property
    def is_confirmation(self) -> bool:
        """Whether it is a launch on a fresh seed: no try at a run, whatever comes of it."""
        return self.run is not None and self.number_of("confirm") is not None

    def on_seed(self, seed: int) -> Step:
        """The same with another seed: a launch of a run that is repeated."""
        return Step(f"{self}/seed_{seed}")

    @property
    def alone(self) -> Step:
        """The same launch once more, with the machine to itself."""
        return Step(f"{self}/alone")

    @property
    def is_of_figures(self) -> bool:
        return self.parts[0] == FIGURES

    @property
    def is_note(self) -> bool:
        """Whether it is the note on a run, or an exchange in it."""
        return self.run is not None and self.parts[1:2] == ("note",)

    def repairs(self, section: str) -> bool:
        """Whether it is a repair of this section of the draft."""
        return self.parts[:2] == ("draft", section) and self.number_of("repair") is not None

    def is_look(self, section: str) -> bool:
        """Whether it gives this section back for what is wrong with its pages."""
        return self.parts[:2] == ("draft", section) and self.number_of("look") is not None

    def is_plain(self, section: str) -> bool:
        """Whether it sets this section as plain text."""
        return self.parts[:2] == ("draft", section) and (
            self.parts[2:] == ("plain",) or self.number_of("plain") is not None
        )

    def number_of(self, what: str) -> int | None:
        """The number behind `turn_`, `seed_`, `repair_` …; None where the step has no such part."""
        for part in self.parts:
            found = _NUMBERED.fullmatch(part)
            if found and found[1] == what:
                return int(found[2])
        return None

    @property
    def folder(self) -> str:
        """As the name of a folder."""
        return self.replace("/", "_")


FIGURES = "figures"
"""The subject of the figures' turns and note."""
PLAN, AUDIT, CITATIONS = Step("plan"), Step("audit"), Step("citations")
CHECK, REVIEW, HYPOTHESES = Step("check"), Step("review"), Step("hypotheses")
CONFIRMATION = "confirm"
"""The subject of the confirmation's note."""
CANDIDATE, OPENED = Step(f"{CONFIRMATION}/candidate"), Step(f"{CONFIRMATION}/opened")
CONFIRMED, CONFIRM_NOTE = Step(f"{CONFIRMATION}/outcome"), Step(f"{CONFIRMATION}/note")
FIGURES_NOTE, FIGURES_TEMPLATE = Step(f"{FIGURES}/note"), Step(f"{FIGURES}/template")
NOTES_REVISED = Step("notes/revised")
TITLE, MARKED = Step("draft/title"), Step("paper/marked")
