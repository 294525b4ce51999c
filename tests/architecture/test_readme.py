"""A newcomer believes the README's tree, so it is checked."""

from tests.architecture.readme import told_paths, untrue_tree
from tests.architecture.source import ROOT, files, layers

SAMPLE = """
```tree
README.md LICENSE   read first
docs/               why
  decisions/        one page each
streams/            the source root
  hub/
    cli runtime     two layers
```
"""


def test_the_readme_tells_the_truth_about_the_tree() -> None:
    below = {path.relative_to(ROOT) for path in files()}
    paths = {part.as_posix() for path in below for part in (path, *path.parents)}
    folders = {path.parts[0] for path in below if len(path.parts) > 1 and not path.parts[0].startswith(".")}
    packages = {f"streams/benefit_hub/{name}" for layer in layers() for name in layer}
    readme = (ROOT / "README.md").read_text("utf-8")
    findings = list(untrue_tree(readme, paths, sorted(folders | packages)))
    assert not findings, "\n".join(findings)


def test_paths_are_read_from_indentation() -> None:
    assert list(told_paths(SAMPLE)) == [
        "README.md",
        "LICENSE",
        "docs",
        "docs/decisions",
        "streams",
        "streams/hub",
        "streams/hub/cli",
        "streams/hub/runtime",
    ]


def test_a_path_that_is_gone_and_a_folder_that_is_not_told_are_found() -> None:
    there = set(told_paths(SAMPLE)) - {"docs/decisions"} | {"policies"}
    assert list(untrue_tree(SAMPLE, there, ["docs", "policies"])) == [
        "README's tree names docs/decisions, which is not there",
        "README's tree does not name policies",
    ]
