"""Documents and data keep the same habits as code where they have something in common."""

from tests.architecture.habits import no_words_of_the_workshop
from tests.architecture.source import ROOT, Source, files

TEXTS = {".avsc", ".cfg", ".json", ".md", ".sql", ".toml", ".txt", ".xml", ".yaml", ".yml", ""}


def test_documents_and_data_stand_alone() -> None:
    texts = [path for path in files() if path.suffix in TEXTS and path.name != "LICENSE"]
    sources = [Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in texts]
    assert any(source.path == "README.md" for source in sources)
    findings = [f"{source.path}:{found}" for source in sources for found in no_words_of_the_workshop(source)]
    assert not findings, "\n".join(findings)
