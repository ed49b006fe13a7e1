"""``python -m bench.pocket_data CLONES OUT``: see the package."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from bench.pocket_data.arranging import Arrangement, arrange, write
from bench.pocket_data.clones import MissingClone
from bench.pocket_data.concepts import Concepts
from bench.pocket_data.shrinking import read_source, shrink_source
from bench.pocket_data.sounds import gather_sounds
from bench.pocket_data.sources import SOURCES, VAL_IMAGENET, Source
from bench.pocket_data.wordnet import WordNet


def main() -> int:
    options = _options()
    try:
        wordnet = WordNet((options.wordnet / "data.noun").read_text(), (options.wordnet / "index.noun").read_text())
    except OSError as error:
        print(f"WordNet cannot be read from {options.wordnet}: {error.strerror}. Install the package wordnet-base,")
        print("or name the folder of WordNet 3.0's data.noun and index.noun with --wordnet.")
        return 1

    there: list[Source] = []
    for source in SOURCES:
        try:
            made, unreadable = shrink_source(source, options.clones, options.out)
        except MissingClone as missing:
            print(f"{source.key:20} left out: {missing}")
            continue
        print(f"{source.key:20} {made:7} pictures, {unreadable} unreadable", flush=True)
        there.append(source)

    smalls = [small for source in there for small in read_source(source, options.out)]
    imagenet = sorted(small.label for small in smalls if small.part == VAL_IMAGENET)
    arranged = arrange(smalls, Concepts(wordnet, imagenet), wordnet)
    write(arranged, options.out)
    _write_words(arranged, wordnet, options.out)
    _write_sources(arranged, there, options.out)
    for part, folders in sorted(arranged.parts.items()):
        print(f"{part:20} {len(folders):5} classes {sum(map(len, folders.values())):7} pictures")
    print("twice:", dict(arranged.doubles))
    dropped = {label: number for label, number in arranged.unknown.items() if not label.startswith("emoji ")}
    print(
        "labels that were dropped:",
        dropped,
        "and emoji of no plain thing:",
        arranged.unknown.total() - sum(dropped.values()),
    )
    sounds = gather_sounds(options.clones, options.out)
    _write_json(options.out / "sounds.json", sounds)
    print("sounds:", {name: sum(counts.values()) for name, counts in sounds.items()})
    return 0


def _write_words(arranged: Arrangement, wordnet: WordNet, out: Path) -> None:
    concepts = dict(sorted(arranged.concepts.items()))
    _write_json(out / "names.json", {folder: concept.said() for folder, concept in concepts.items()})
    # Those of ImageNet's classes that train has neither as they are nor as a kind.
    train = {arranged.concepts[folder].wnid for folder in arranged.parts["train"]} - {""}
    above_train = set().union(*(wordnet.ancestors(wnid) for wnid in train))
    never = [
        folder
        for folder in sorted(arranged.parts["val-imagenet-1000"])
        if arranged.concepts[folder].wnid not in train | above_train
    ]
    _write_json(out / "imagenet-1000-unseen.json", never)


def _write_sources(arranged: Arrangement, there: list[Source], out: Path) -> None:
    counts: dict[str, Counter[str]] = {source.key: Counter() for source in there}
    classes: dict[str, set[str]] = {source.key: set() for source in there}
    for part, folders in arranged.parts.items():
        for folder, smalls in folders.items():
            for small in smalls:
                counts[small.source][part] += 1
                classes[small.source].add(folder)
    table = {
        source.key: {
            "repository": source.repository, "commit": source.commit, "licence": source.licence, "adds": source.adds,
            "classes": len(classes[source.key]), "pictures": dict(counts[source.key]),
        }
        for source in there
    }  # fmt: skip
    _write_json(out / "sources.json", table)


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.pocket_data", description=__doc__)
    parser.add_argument("clones", type=Path, help="folder of the git directories, named owner+name")
    parser.add_argument("out", type=Path, help="folder that is filled; what is done is kept and not done again")
    parser.add_argument(
        "--wordnet", type=Path, default=Path("/usr/share/wordnet"), help="folder of data.noun, index.noun"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
