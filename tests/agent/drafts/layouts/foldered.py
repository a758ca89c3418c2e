"""The study as people keep it: folders, names of files, tables, one nested file."""

from __future__ import annotations

from itertools import product
from pathlib import Path

from tests.agent.drafts.layouts.kept import Writer, lines, put, settings_of, table
from tests.agent.drafts.layouts.study import CELLS, METHODS, MINUTES, SETS, SETTINGS, mean, spread


def equals_folders(root: Path) -> None:
    """Folders that say their settings: `method=mixup,data=pets,seed=0`."""
    for one in CELLS:
        put(root / f"method={one.method},data={one.data},lr=0.05,seed={one.seed}" / "metrics.json", one.results)
    put(root / "args.json", SETTINGS)


def sets_then_files(root: Path) -> None:
    """A folder a data set, a file a method and seed."""
    for one in CELLS:
        put(root / one.data / f"{one.method}_s{one.seed}.json", {**one.results, "config": SETTINGS})


def flat_names(root: Path) -> None:
    """All in one folder, told apart by names with the same words around: `results_mixup_pets_seed0.json`."""
    for one in CELLS:
        put(root / f"results_{one.method}_{one.data}_seed{one.seed}.json", one.results)
    put(root / "config.json", SETTINGS)


def _lists(method: str, data: str) -> dict[str, list[float]]:
    own = [one for one in CELLS if (one.method, one.data) == (method, data)]
    return {"test_accuracy": [one.accuracy for one in own], "test_loss": [one.loss for one in own]}


def nested_by_set(root: Path) -> None:
    """One file: data set, method, a list a seed."""
    put(root / "results.json", {data: {method: _lists(method, data) for method in METHODS} for data in SETS})
    put(root / "config.json", SETTINGS)


def nested_by_method(root: Path) -> None:
    """One file: method, data set, a list a seed, the method's own time."""
    put(
        root / "results.json",
        {method: {**{data: _lists(method, data) for data in SETS}, "minutes": MINUTES[method]} for method in METHODS},
    )
    put(root / "config.json", SETTINGS)


def records(root: Path) -> None:
    """A list of launches, each with a group of settings and one of results."""
    put(
        root / "all_runs.json",
        [{"id": f"{n:08x}", "config": settings_of(one), "metrics": one.results} for n, one in enumerate(CELLS)],
    )


def long_metrics(root: Path) -> None:
    """A table in long form that names the metric in a column."""
    put(
        root / "long.csv",
        table(
            {"dataset": one.data, "method": one.method, "seed": one.seed, "metric": name, "value": value}
            for one in CELLS
            for name, value in one.results.items()
        ),
    )
    put(root / "config.yaml", lines(SETTINGS))


def wide_table(root: Path) -> None:
    """A row a method and seed, a column a data set and metric; tabs."""
    rows = [
        {
            "method": method,
            "seed": seed,
            **{
                f"{one.data}_{name}": value
                for one in CELLS
                if (one.method, one.seed) == (method, seed)
                for name, value in one.results.items()
            },
        }
        for method, seed in product(METHODS, (0, 1, 2))
    ]
    put(root / "summary.tsv", table(rows, "\t"))
    put(root / "config.yaml", lines(SETTINGS))


def yaml_results(root: Path) -> None:
    """YAML all through: settings and results of a launch in one file."""
    for one in CELLS:
        put(
            root / one.method / one.data / f"run_seed{one.seed}" / "summary.yaml",
            "config:\n" + lines({"seed": one.seed, **SETTINGS}, "  ") + "results:\n" + lines(one.results, "  "),
        )


def hashed(root: Path) -> None:
    """Files called by a hash, each of which says what it is."""
    for n, one in enumerate(CELLS):
        put(
            root / "results" / f"{(n + 3) * 2654435761 % 2**32:08x}.json",
            {"args": settings_of(one), "final": one.results},
        )


def numbered_with_seeds(root: Path) -> None:
    """Numbered folders whose settings repeat but for the seed."""
    for n, one in enumerate(CELLS):
        put(root / f"exp_{n:03}" / "config.json", settings_of(one))
        put(root / f"exp_{n:03}" / "result.json", one.results)


def seeds_outermost(root: Path) -> None:
    """A folder a seed, in each the same files."""
    for one in CELLS:
        put(root / f"seed_{one.seed}" / one.data / f"{one.method}.json", {**one.results, **SETTINGS})


def by_seed(root: Path) -> None:
    """A file a method: data set, seed, results; the seeds are keys."""
    for method in METHODS:
        told = {
            data: {f"seed_{one.seed}": one.results for one in CELLS if (one.method, one.data) == (method, data)}
            for data in SETS
        }
        put(root / f"{method}.json", told)
    put(root / "config.json", SETTINGS)


def seed_records(root: Path) -> None:
    """One file: method, data set, a list of records with a seed each."""
    told = {
        method: {
            data: [{"seed": one.seed, **one.results} for one in CELLS if (one.method, one.data) == (method, data)]
            for data in SETS
        }
        for method in METHODS
    }
    put(root / "results.json", told)
    put(root / "config.json", SETTINGS)


def seed_tables(root: Path) -> None:
    """A folder a data set, a table a method: a row a seed, and one of their means."""
    for method, data in product(METHODS, SETS):
        own = [one for one in CELLS if (one.method, one.data) == (method, data)]
        rows = [{"seed": str(one.seed), **one.results} for one in own]
        mean = {"seed": "mean", **{name: sum(one.results[name] for one in own) / 3 for name in own[0].results}}
        put(root / data / f"{method}.csv", table([*rows, mean]))
    put(root / "config.json", SETTINGS)


def printed_cells(root: Path) -> None:
    """A data frame with its index, whose cells are printed: `81.17 ± 0.40`."""
    rows = [
        {"": method, **{data: f"{100 * mean(method, data):.3f} ± {100 * spread(method, data):.3f}" for data in SETS}}
        for method in METHODS
    ]
    put(root / "test_accuracy.csv", table(rows))
    put(root / "config.json", {**SETTINGS, "seeds": 3})


FOLDERED: tuple[Writer, ...] = (
    equals_folders,
    sets_then_files,
    flat_names,
    nested_by_set,
    nested_by_method,
    records,
    long_metrics,
    wide_table,
    yaml_results,
    hashed,
    numbered_with_seeds,
    seeds_outermost,
    by_seed,
    seed_records,
    seed_tables,
    printed_cells,
)
