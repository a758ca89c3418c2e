"""From runs to a paper: references and notes, figures, sections, citations, LaTeX, the audit."""
