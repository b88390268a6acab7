"""Kernel trees as a folder, a repository at a tag and a tarball, and what is refused before any work."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

import pytest
from support import write_files

from kernelref.resolvers import pack
from kernelref.resolvers.tree import Tree, TreeError, blob_of, open_tree, release_matches, release_of

FILES = {
    "Makefile": "# SPDX\nVERSION = 6\nPATCHLEVEL = 18\nSUBLEVEL = 15\nEXTRAVERSION =\n",
    "Kconfig": 'mainmenu "Paint"\n',
    "mm/Makefile": "obj-y += dry.o\n",
    "mm/dry.c": "int dry(void)\n{\n\treturn 0;\n}\n",
    "include/linux/paint.h": "int dry(void);\n",
    "arch/x86/Kconfig": "config X86\n",
    "arch/x86/mm/fault.c": "\n",
    "Documentation/index.rst": "Paint\n",
    "tools/testing/selftests/mm/Makefile": "\n",
}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what the tests cache in their own folder."""
    monkeypatch.setenv("KERNELREF_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a part of a kernel."""
    return write_files(tmp_path / "linux", FILES)


def git(folder: Path, *words: str) -> str:
    """Run git as nobody in particular."""
    who = ["-c", "user.name=N", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", "-C", str(folder), *who, *words], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(folder: Path, tmp_path: Path) -> Path:
    """Give a repository with a tag, and with a later commit that is another release."""
    git(folder, "init", "-q", "-b", "main")
    (folder / "mm" / "link.c").symlink_to("dry.c")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "one")
    git(folder, "tag", "v6.18.15")
    git(folder, "tag", "-a", "-m", "signed, say", "v6.18-notes")
    (folder / "Makefile").write_text(FILES["Makefile"].replace("PATCHLEVEL = 18", "PATCHLEVEL = 19"))
    git(folder, "commit", "-q", "-a", "-m", "two")
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", str(folder), str(bare))
    return bare


def tarball(target: Path, files: dict[str, str], top: str = "linux-6.18.15/") -> Path:
    """Write a tarball of some files."""
    with tarfile.open(target, "w:xz" if target.name.endswith("xz") else "w:gz") as archive:
        for path, text in files.items():
            member = tarfile.TarInfo(top + path)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return target


def same_tree(tree: Tree) -> None:
    """Check what every kind of tree must say of the same files."""
    assert tree.release == "v6.18.15"
    assert list(tree.paths()) == sorted(FILES)
    assert tree.read("mm/dry.c").decode() == FILES["mm/dry.c"]
    assert dict(tree.read_many(["Kconfig", "mm/dry.c"])) == {
        path: FILES[path].encode() for path in ("Kconfig", "mm/dry.c")
    }
    assert tree.blob("mm/dry.c") == blob_of(FILES["mm/dry.c"].encode())
    assert tree.exists("mm/dry.c")
    assert not tree.exists("mm")
    assert not tree.exists("../linux/mm/dry.c")
    assert tree.folders == ("Documentation", "arch/x86", "include", "mm", "tools/testing/selftests/mm")
    assert tree.covers("mm/new.c")
    assert tree.covers("Makefile")
    assert not tree.covers("arch/arm64/mm/fault.c")
    assert not tree.covers("MAINTAINERS")
    with pytest.raises(TreeError, match=r"mm/wet\.c is not in the tree of v6\.18\.15"):
        tree.read("mm/wet.c")


def test_folder(folder: Path) -> None:
    """A source folder is read as it is."""
    tree = open_tree(f"v6.18.15={folder}")
    same_tree(tree)
    assert tree.origin == "source folder"


def test_a_folders_stamp_changes_with_a_file(folder: Path) -> None:
    """The stamp of a folder is another one after an edit, a new file, or a file that went."""
    paths = ["mm/dry.c"]
    first = open_tree(str(folder))
    folders = first.stamped_folders()
    stamps = [first.stamp(paths, folders)]
    assert open_tree(str(folder)).stamp(paths, folders) == stamps[0]
    assert {"", "mm"} <= set(folders)
    (folder / "mm" / "dry.c").write_text("int wet(void) { return 1; }\n")
    stamps.append(open_tree(str(folder)).stamp(paths, folders))
    (folder / "mm" / "new.c").write_text("int new(void) { return 1; }\n")
    stamps.append(open_tree(str(folder)).stamp(paths, folders))
    (folder / "mm" / "dry.c").unlink()
    stamps.append(open_tree(str(folder)).stamp(paths, folders))
    assert len(set(stamps)) == 4
    assert open_tree(str(folder)).place == first.place


def test_a_walked_folder_is_stamped_as_it_was_walked(folder: Path) -> None:
    """What changes after a tree was walked over is not in its stamp: whoever looks next sees the change."""
    walked = open_tree(str(folder))
    folders = walked.stamped_folders()
    before = walked.stamp(["mm/dry.c"], folders)
    (folder / "mm" / "dry.c").write_text("int wet(void) { return 1; }\n")
    assert walked.stamp(["mm/dry.c"], folders) == before
    assert open_tree(str(folder)).stamp(["mm/dry.c"], folders) != before


def test_folder_does_not_follow_links_out(folder: Path, tmp_path: Path) -> None:
    """A link to a file outside the tree is not a file of the tree."""
    (tmp_path / "secret").write_text("x")
    (folder / "mm" / "leak.c").symlink_to(tmp_path / "secret")
    tree = open_tree(str(folder))
    assert not tree.exists("mm/leak.c")
    assert "mm/leak.c" not in list(tree.paths())


def test_repository_at_a_tag(repository: Path) -> None:
    """A tag is read from the object store, with links left out; no checkout is needed."""
    tree = open_tree(f"v6.18={repository}@v6.18.15")
    same_tree(tree)
    commit = git(repository, "rev-parse", "v6.18.15^{commit}")
    assert tree.origin == f"git tag v6.18.15 of a repository (commit {commit[:12]})"
    assert str(repository) not in tree.origin
    assert open_tree(f"{repository}@v6.18-notes").place == commit
    blobs = tree.known_blobs()
    assert blobs is not None
    assert blobs["mm/dry.c"] == git(repository, "rev-parse", "v6.18.15:mm/dry.c")
    assert open_tree(f"{repository}@{commit}").origin == f"commit {commit[:12]} of a repository"


def test_repository_errors(repository: Path, folder: Path, tmp_path: Path) -> None:
    """A wrong tag is told with those that are there; a bare repository asks for one."""
    with pytest.raises(TreeError, match=r"has no tag v6\.18\.99; it has v6\.18\.15"):
        open_tree(f"{repository}@v6.18.99")
    with pytest.raises(TreeError, match="has no tag --all"):
        open_tree(f"{repository}@--all")
    with pytest.raises(TreeError, match=r"a repository without a checkout; write .*@TAG"):
        open_tree(str(repository))
    with pytest.raises(TreeError, match=r"its Makefile says v6\.19\.15"):
        open_tree(f"v6.18={repository}@main")
    (tmp_path / "plain").mkdir()
    with pytest.raises(TreeError, match="not a git repository; for a plain folder leave out @v6"):
        open_tree(f"{tmp_path / 'plain'}@v6.18")


@pytest.mark.parametrize("name", ["linux.tar.xz", "linux.tar.gz"])
@pytest.mark.parametrize("top", ["linux-6.18.15/", "", "./"])
def test_tarball(tmp_path: Path, name: str, top: str) -> None:
    """A tarball is read with or without a top folder, the second time from the cache."""
    path = tarball(tmp_path / name, FILES, top)
    same_tree(open_tree(f"v6.18.15={path}"))
    tree = open_tree(f"v6.18={path}")
    same_tree(tree)
    assert tree.origin == f"tarball {name}"
    tree.adopt(tree.walked())
    with pytest.raises(ValueError, match="not walked"):
        tree.adopt(b"a folder's files")


def test_tarball_members_that_lead_out_are_ignored(tmp_path: Path) -> None:
    """A member with ``..`` or an absolute path is not there."""
    path = tmp_path / "odd.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in [*FILES.items(), ("../evil.c", "x"), ("/abs.c", "x"), ("mm/../../up.c", "x")]:
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
        link = tarfile.TarInfo("mm/link.c")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert list(open_tree(str(path)).paths()) == sorted(FILES)
    assert not (tmp_path / "evil.c").exists()


def test_damaged_and_huge_tarballs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tarball cut short, one that is none, and one that is too large are refused in a sentence."""
    path = tarball(tmp_path / "linux.tar.xz", FILES)
    cut = tmp_path / "cut.tar.xz"
    cut.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    none = tmp_path / "none.tar.gz"
    none.write_bytes(b"not a tarball at all")
    for wrong in (cut, none):
        with pytest.raises(TreeError, match="damaged or not a tarball"):
            open_tree(str(wrong))
    monkeypatch.setattr(pack, "MAX_BYTES", 100)
    with pytest.raises(TreeError, match="unpacks to more than"):
        open_tree(str(path))


def test_damaged_pack_is_made_again(tmp_path: Path, cache: Path) -> None:
    """What a crash left in the cache is not believed."""
    path = tarball(tmp_path / "linux.tar.xz", FILES)
    open_tree(str(path))
    (data,) = cache.glob("tarballs/*/data")
    data.write_bytes(b"short")
    same_tree(open_tree(str(path)))


def test_not_a_kernel(tmp_path: Path, folder: Path) -> None:
    """What is missing or no kernel is told before any work."""
    with pytest.raises(TreeError, match="is not there: neither a folder, nor a tarball, nor REPOSITORY@TAG"):
        open_tree(str(tmp_path / "nowhere"))
    with pytest.raises(TreeError, match="it has no Makefile at its top"):
        open_tree(str(tmp_path))
    (tmp_path / "Makefile").write_text("all:\n")
    with pytest.raises(TreeError, match="its Makefile has no VERSION and PATCHLEVEL"):
        open_tree(str(tmp_path))
    (folder / "Kconfig").unlink()
    with pytest.raises(TreeError, match="it has no Kconfig beside its Makefile"):
        open_tree(str(folder))
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(TreeError, match="neither a folder nor a tarball"):
        open_tree(str(tmp_path / "file.txt"))


def test_another_release(folder: Path) -> None:
    """A tree whose Makefile says another release than its name is refused, with what would be right."""
    with pytest.raises(TreeError) as caught:
        open_tree(f"v6.12={folder}")
    assert str(caught.value) == (
        f"{folder} is not v6.12: its Makefile says v6.18.15; write v6.18.15={folder} or v6.18={folder}"
    )


@pytest.mark.parametrize(
    ("name", "release", "same"),
    [
        ("6.12", "v6.12.117", True),
        ("v6.12", "v6.12", True),
        ("6.12.117", "v6.12.117", True),
        ("6.12.100", "v6.12.117", False),
        ("6.1", "v6.12", False),
        ("6.1", "v6.1.192", True),
        ("6.12", "v6.12-rc3", False),
        ("6.12-rc3", "v6.12-rc3", True),
        ("6.12.1", "v6.12.117", False),
    ],
)
def test_names_of_releases(name: str, release: str, same: bool) -> None:
    """A series names its point releases, a point release itself alone."""
    assert release_matches(name, release) is same


@pytest.mark.parametrize(
    ("lines", "release"),
    [
        ("VERSION = 6\nPATCHLEVEL = 18\nSUBLEVEL = 15\nEXTRAVERSION =\n", "v6.18.15"),
        ("VERSION = 7\nPATCHLEVEL = 0\nSUBLEVEL = 0\nEXTRAVERSION = -rc1\n", "v7.0-rc1"),
        ("VERSION = 6\nPATCHLEVEL = 18\nSUBLEVEL = 0\nEXTRAVERSION =\n", "v6.18"),
    ],
)
def test_release_of_a_makefile(lines: str, release: str) -> None:
    """The tag is made as the kernel's own are: no ``.0``."""
    assert release_of(lines.encode(), "x") == release


def test_path_with_an_at(folder: Path, tmp_path: Path) -> None:
    """A folder whose name has an ``@`` is a folder first."""
    odd = tmp_path / "me@home"
    folder.rename(odd)
    assert open_tree(str(odd)).release == "v6.18.15"


def test_real_trees(kernel_trees: Path) -> None:
    """Real trees open, cover what was unpacked, and say their release."""
    tree = open_tree(f"v6.18={kernel_trees / 'linux-6.18'}")
    assert tree.release.startswith("v6.18")
    assert {"mm", "fs", "include", "arch/x86"} <= set(tree.folders) or tree.folders == ("",)
    assert tree.exists("mm/memory.c")
