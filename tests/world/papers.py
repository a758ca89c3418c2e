"""A writer who writes a small, honest paper on the study, and the figures that it shows."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from agent.models.protocol import Request
from agent.paper import bibliography_of
from agent.printing.latex import lay_out, tex_in
from agent.printing.press import Press, assembled
from agent.results.choosing.parents import Change
from agent.sandbox import choose
from agent.session.events import FiguresDrawn
from agent.session.session import Session
from agent.session.steps import BASELINE, RunName
from agent.writing.bibliography import read_entries
from agent.writing.draft.desk import lay_desk
from agent.writing.draft.drafting import write_draft
from agent.writing.notes.asking import note_figures, note_run
from tests.world.files import bars_pdf
from tests.world.stage import Writer, accepted, gateway_for, make_session

ABSTRACT = r"""```latex
\title{Progressive Orthogonality in Sparse Autoencoders: A Small-Scale Study}
\begin{abstract}
Sparse autoencoders learn directions that overlap. We ask whether a penalty on co-active latents whose weight falls with
progress separates features without a price in reconstruction. [[count runs]] variants were trained on one small model.
[[conclusion]] On separation, run 1 is [[run_1.feature_separation.verdict]]. Each variant has one seed.
\end{abstract}
```"""

SECTIONS = {
    "Introduction": r"""\section{Introduction}
\label{sec:introduction}
% a plan for this paragraph
Sparse autoencoders decompose activations into sparse features \citep{bricken2023monosemanticity,cunningham2023sparse}.
Their latents absorb each other \citep{chanin2024absorption}. We ask whether orthogonality that is enforced early and
released late keeps features apart at a smaller price. The study contributes
\begin{itemize}
\item a penalty on co-active pairs, weighted by progress (\ref{sec:method});
\item an evaluation with measured noise, in which [[list better explained_variance]] stood out on explained variance.
\end{itemize}
\subsection{Questions}
Does the schedule matter? Does the threshold?
""",
    "Background": r"""Let $x \in \mathbb{R}^d$ be an activation and $f(x) = \mathrm{TopK}(W_{\mathrm{enc}} x + b)$ its sparse code
\citep{makhzani2013ksparse,gao2024scaling}. The reconstruction is
\begin{equation}\label{eq:recon}
\hat{x} = W_{\mathrm{dec}} f(x) + b_{\mathrm{dec}} .
\end{equation}
\subsection{Problem Setting}
Two latents are entangled where their decoder directions $w_i$, $w_j$ overlap, $|w_i^\top w_j| > 0$ \citep{elhage2022superposition}.
""",
    "Method": r"""The loss adds to the squared error a penalty on pairs that fire together,
\begin{align}
L &= L_{\mathrm{recon}} + \lambda_1 L_{\mathrm{sparse}} + \lambda_2(p) \sum_{i<j} c_{ij}(p)\, |w_i^\top w_j| , \\
\lambda_2(p) &= \lambda_{2,\max} (1-p)^2 , \qquad \tau(p) = 0.9\,(1-p) ,
\end{align}
with progress $p = t/T$ and $c_{ij} = \mathrm{clamp}((n_{ij}-\tau)/\tau, 0, 1)$. Table~\ref{tab:variants} lists the variants.
\begin{table}[t]\centering
\caption{Variants and their weight $\lambda_{2,\max}$.}\label{tab:variants}
\begin{tabular}{lll}
\toprule Run & What it tries & \texttt{lambda\_max} \\ \midrule
1 & [[run_1.title]] & [[run_1.config.lambda_max]] \\
2 & [[run_2.title]] & [[run_2.config.lambda_max]] \\
3 & [[run_3.title]] & $[[run_3.config.lambda_max]]$ \\
\bottomrule
\end{tabular}
\end{table}
\paragraph{Moving average} Run 3 smooths the statistics with a decay of [[run_3.config.ema_decay]].
""",
    "Experimental Setup": r"""Each run trains [[run_0.config.d_sae]] latents with $k = [[run_0.config.k]]$ for
[[run_0.training.steps]] steps ([[run_0.training.tokens]] tokens) with Adam \citep{kingma2015adam}. The baseline was run with
[[baseline.explained_variance.n]] seeds; a difference counts where it exceeds the half-width of the 95\% prediction interval
for one more seed. Higher is better for explained variance; lower is better for absorption.
""",
    "Results": r"""[[conclusion]] Table~\ref{tab:main} shows all runs.
\begin{table}[t]\centering
\caption{All accepted runs.}\label{tab:main}
[[table explained_variance mse absorption_fraction feature_separation]]
\end{table}
\begin{figure}[t]\centering
\includegraphics[width=0.6\textwidth]{figures/separation.png}
\caption{Feature separation of each run; the band is the baseline's noise. Best is [[best feature_separation]].}\label{fig:sep}
\end{figure}
\paragraph{Main comparison} On explained variance run 3 is [[run_3.explained_variance.verdict]]
([[run_3.explained_variance.delta]], [[run_3.explained_variance.percent]]), against [[baseline.explained_variance]] for the baseline;
it is [[compare run_3 run_2 explained_variance]].
\paragraph{Separation} Figure~\ref{fig:sep} shows separation; beyond noise: [[list better feature_separation]].
\paragraph{Not comparable} Run 4 is [[run_4.explained_variance.verdict]].
""",
    "Conclusion": r"""We asked whether released orthogonality separates features. [[conclusion feature_separation]]
[[conclusion absorption_fraction]] One seed a variant and one small model do not allow to say more.
""",
    "Related Work": r"""Orthogonality among decoder directions was enforced before by \citet{korznikov2025ortsae}; nested dictionaries
\citep{bussmann2025matryoshka} and gates \citep{rajamanoharan2024gated} take other ways. Benchmarks make methods comparable
\citep{karvonen2025saebench}.
""",
}

NOTE = """Title: {run} as planned
What changed: The weight is [[{run}.config.lambda_max]].
Why: To see what the weight does.
What was seen: Explained variance is [[{run}.explained_variance]], [[{run}.explained_variance.verdict]].
Reading: One seed."""

PLAIN_NOTE = """Title: Cosine decay of the weight
What changed: lambda_max = 0.02 falls along a cosine.
Why: To see whether a late release of the penalty restores reconstruction.
What was seen: Explained variance is [[run_3.explained_variance]], [[run_3.explained_variance.verdict]].
Reading: One seed of the method; the noise is that of the baseline.
Next: Vary the decay."""
"""A note on run 3 in plain labels."""


def answer(request: Request) -> str:
    """What the honest writer says at each step."""
    step = request.step
    if "/note/" in step:
        return (
            "## separation.pdf\nSeparation of each run.\n"
            if step.startswith("figures")
            else NOTE.format(run=step.split("/")[0])
        )
    if step.startswith("draft/title"):
        return "TITLE: Does Released Orthogonality Separate Features? A Small-Scale Study"
    section = step.split("/")[1]
    return ABSTRACT if section == "Title and Abstract" else f"```latex\n{SECTIONS[section]}\n```"


def press_of(session: Session, writer: Writer) -> Press:
    """The draft written, and the press that prints it."""
    gateway, bibliography = gateway_for(session, writer), bibliography_of(session)
    write_draft(session, gateway, bibliography)
    return Press(lay_desk(session, gateway, bibliography), tex_in(choose("plain"), session.paths.root / "tex"))


def write_paper(session: Session, writer: Writer) -> None:
    """Runs on disk, notes, figures, and the paper that this writer gives, laid out but not printed."""
    add_runs_on_disk(session)
    add_notes(session, writer)
    bibliography = read_entries((session.template.latex / "references.bib").read_text())
    write_draft(session, gateway_for(session, writer), bibliography)
    lay_out(session, assembled(session), bibliography, "")


def noted_session(tmp_path: Path) -> Session:
    """The study with its runs on disk, a figure and the honest writer's notes: all that a draft is written from."""
    session = make_session(tmp_path)
    add_runs_on_disk(session)
    add_notes(session, Writer(otherwise=answer))
    return session


def add_runs_on_disk(session: Session) -> None:
    """run_i/final_info.json of each run, and one figure that plot.py drew."""
    for index in range(5):
        session.paths.run(RunName.of(index)).mkdir()
        results = accepted(session, f"run_{index}").results
        (session.paths.run(RunName.of(index)) / "final_info.json").write_text(json.dumps(results.written()))
    session.paths.figures.mkdir()
    (session.paths.figures / "separation.pdf").write_bytes(bars_pdf())
    session.journal.append(FiguresDrawn(step="figures/turn_1", ok=True, files=["separation.pdf", "separation.png"]))
    (session.paths.figures / "separation.png").write_bytes(b"png")


def add_notes(session: Session, writer: Writer) -> None:
    """The notes of all runs and of the figures."""
    gateway = gateway_for(session, writer)
    for index in range(1, 5):
        note_run(session, gateway, accepted(session, f"run_{index}"), Change(BASELINE))
    note_figures(session, gateway, list(session.journal.all(FiguresDrawn))[-1])


def run_tex(argv: Sequence[str], folder: Path) -> tuple[int, str]:
    """TeX without a sandbox, for tests."""
    done = subprocess.run(argv, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace")
