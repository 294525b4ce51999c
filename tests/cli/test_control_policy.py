"""`hub control policy` says what is in force only where somebody said so, and what to do where nothing waits."""

import pytest
import yaml

from benefit_hub.catalogue import find_assets
from benefit_hub.cli import control_events, controlling
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.hub import open_hub
from benefit_hub.runtime.settings import Settings
from tests.cli.typed import typed

pytestmark = pytest.mark.slow

SECTION = "提标一步一步 · A raise, step by step"


@pytest.fixture
def raise_folder(tmp_path):
    """A copy of the demo's packs with one more value."""
    folder = tmp_path / "raise-2027"
    folder.mkdir()
    for file in sorted(find_assets().policies.glob("demo/*.yaml")):
        pack = yaml.safe_load(file.read_text("utf-8"))
        if "dibao_urban" in pack.get("standards", {}):
            pack["standards"]["dibao_urban"]["values"].append({"from": "2027-04", "yuan": "680.00"})
        (folder / file.name).write_text(yaml.safe_dump(pack, allow_unicode=True), "utf-8")
    return folder


@pytest.fixture
def books(raise_folder):
    """The two books of a machine that holds the installed packs and their changed copy: first the installed."""
    return list(open_hub(Settings(story_time=True, policies=(raise_folder,))).catalogue.books)


@pytest.fixture
def policy(capsys, monkeypatch, tmp_path):
    """Runs `hub control policy` on a machine with these folders, where these books were activated; and what it then said."""
    said = []
    monkeypatch.setattr(controlling, "act", lambda _hub, event, _day, **_: said.append(event.book))

    def run(*arguments, folders=(), activated=()):
        events = [ControlEvent(type="POLICY_ACTIVATED", book=book) for book in activated]
        monkeypatch.setattr(control_events, "control_events", lambda *_: events)
        given = {"bootstrap": "127.0.0.1:1", "story_time": True, "policies": [str(folder) for folder in folders]}
        (tmp_path / "hub.yaml").write_text(yaml.safe_dump(given), "utf-8")
        done = typed(capsys, "-s", tmp_path / "hub.yaml", "control", "policy", *arguments, "--story-day", "2027-03-20")
        return done, said

    return run


def test_the_book_of_a_further_folder_comes_into_force(policy, raise_folder, books):
    done, said = policy(folders=[raise_folder], activated=books[:1])
    assert (done.returncode, said) == (0, books[1:]), done.stderr
    assert f"{books[1]} 已启用 is in force" in done.stdout


def test_where_nothing_waits_the_way_to_a_raise_is_named(policy, books):
    done, said = policy(activated=books[:1])
    assert (done.returncode, said) == (1, [])
    assert "没有待启用的政策包 there is no new policy book here" in done.stderr
    assert f"{books[0]} (demo.gz-t, in force)" in done.stderr
    assert SECTION in done.stderr


def test_what_nobody_activated_is_not_in_force(policy, raise_folder, books):
    for folders in ([], [raise_folder]):
        done, said = policy(folders=folders)
        assert (done.returncode, said) == (1, [])
        assert "尚未启用过政策包" in done.stderr
        assert f"{books[0]} (demo.gz-t)" in done.stderr
        assert ", in force" not in done.stderr
    done, said = policy(books[0])
    assert (done.returncode, said) == (0, books[:1]), "a hub that never said its book is told so"


def test_a_machine_whose_pack_was_changed_in_place_activates_nothing(policy, books):
    for named in ((), books[:1]):
        done, said = policy(*named, activated=["d220f9b80b1efbee"])
        assert (done.returncode, said) == (1, [])
        assert "d220f9b80b1efbee 在执行，本机没有 is in force, and this machine has only" in done.stderr
        assert SECTION in done.stderr


def test_what_is_in_force_is_not_activated_again(policy, raise_folder, books):
    done, said = policy(books[1], folders=[raise_folder], activated=books)
    assert (done.returncode, said) == (0, [])
    assert f"{books[1]} 已在执行 is in force already" in done.stdout


def test_who_asks_twice_does_not_go_back_to_the_old_book(policy, raise_folder, books):
    done, said = policy(folders=[raise_folder], activated=books)
    assert (done.returncode, said) == (1, [])
    assert f"没有待启用的政策包 there is no new policy book here: {books[0]} (demo.gz-t); {books[1]}" in done.stderr
    done, said = policy(books[0], folders=[raise_folder], activated=books)
    assert (done.returncode, said) == (0, books[:1]), "by its name it comes back"


def test_the_section_that_is_named_is_there():
    file, _, heading = controlling.SECTION.partition(", ")
    assert f"\n## {heading}\n" in (find_assets().root / file).read_text("utf-8")


def test_hub_check_reads_the_further_folders_too(capsys, monkeypatch, raise_folder):
    monkeypatch.setenv("HUB_POLICIES", str(raise_folder))
    pack = raise_folder / "gz-t.yaml"
    pack.write_text(pack.read_text("utf-8").replace("'680.00'", "six hundred"), "utf-8")
    broken = typed(capsys, "check")
    assert broken.returncode == 2
    assert str(pack) in broken.stdout


def test_hub_check_looks_at_a_named_copy_and_counts_what_is_doubtful(capsys, raise_folder):
    """Three packs of the copy say 680.00 from April 2027 on, and no clause: it would be explained by that of the old amount."""
    told = typed(capsys, "check", str(raise_folder))
    assert told.returncode == 0
    assert "新数额 680.00 没有自己的 clause：说明将写“城市低保标准 645 元/人·月" in told.stdout
    assert told.stdout.endswith("nothing to mend, 3 things to look at（没有错误，3 处须看一看）\n")
