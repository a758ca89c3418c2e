"""What tests build and read: templates, sessions, papers, answers, servers, pages.

templates.py     a folder with a contract, an experiment and a plot, without torch and without an evaluator
scribe.py        events of a session written with a clock of their own, each with the files that go with it
sessions.py      a whole session, baseline to audited paper, told by hand: for whatever reads sessions
study.py         a baseline and four runs as results; stage.py  a session on them, with a writer from a script
papers.py        what an honest writer says of the study: notes, sections, title
toy.py           the toy template's session, answered by hand, with the real loop
files.py         real PNG and PDF files              pdf.py      the words of a PDF
reading.py       a page as a browser reads it        model_server.py      a provider with faults
"""
