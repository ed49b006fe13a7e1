"""The demo's documents: read by the library as what they are, the same bytes each time."""

import pytest

from media_library.demo import papers
from media_library.demo.forms import FORMS
from media_library.demo.papers import GUIDE, PAPERS
from media_library.formats import Limits, cuts, probe, sniff


def read(path):
    found = probe(path, sniff(path), Limits())
    return found, list(cuts(path, found, Limits(page_px=400), lambda share: None))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("papers")
    return {paper.file: papers.make(paper, folder) for paper in (*PAPERS, *FORMS)}


def test_the_guide_has_its_chapters_and_figures(made):
    found, pieces = read(made["looking-closely.pdf"])
    assert found.pages == 3
    assert found.said.startswith(papers.GUIDE_TITLE)
    assert not found.note
    headings = {piece.heading.split(" › ")[-1] for piece in pieces if piece.kind == "passage"}
    assert headings == {chapter.heading for chapter in GUIDE}
    captions = [piece.text for piece in pieces if piece.kind == "figure"]
    assert captions == [chapter.figure for chapter in GUIDE if chapter.figure]
    for chapter in GUIDE:
        under = "\n\n".join(piece.text for piece in pieces if piece.heading.endswith(chapter.heading))
        assert under == "\n\n".join(chapter.text)


def test_the_notice_is_a_scan_to_be_read(made):
    found, pieces = read(made["notice.pdf"])
    assert [piece.kind for piece in pieces] == ["page"]
    assert found.pages == 1


def test_the_notes_are_markdown(made):
    found, pieces = read(made["archive-notes.md"])
    assert found.mime_type == "text/markdown"
    assert "Notes on keeping a photo archive › Copies" in [piece.heading for piece in pieces]


@pytest.mark.parametrize("paper", (*PAPERS, *FORMS), ids=lambda paper: paper.file)
def test_a_paper_is_the_same_file_each_time(made, paper, tmp_path):
    assert papers.make(paper, tmp_path).read_bytes() == made[paper.file].read_bytes()
    assert paper.title and paper.caption and paper.tags and paper.credit
