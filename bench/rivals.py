"""The same vectors in FAISS, LanceDB and Chroma, each inside this process: what a bare index needs for the same search.

Called by bench/search.py as a program of its own, so that its requirements (bench/requirements.txt) may live in
another environment: `python bench/rivals.py LIBRARY.npz FOLDER` prints one JSON object.

Each is set as its documentation proposes, at the graph parameters of the product where it has them (m 16,
ef_construction 100) and ef 200.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

K = 10
EF = 200
CHUNK = 5000
Search = Callable[[np.ndarray], list[int]]


def main() -> None:
    data = np.load(sys.argv[1])
    folder = Path(sys.argv[2])
    vectors, queries = data["vectors"], data["queries"]
    masks = {name.removeprefix("mask_"): data[name] for name in data.files if name.startswith("mask_")}
    rows = []
    for name, build in {"faiss": faiss_hnsw, "lancedb": lance, "chroma": chroma}.items():
        try:
            started = time.perf_counter()
            search_within = build(vectors, masks, folder)
            built = time.perf_counter() - started
        except ImportError as error:
            rows.append({"system": name, "missing": error.name})
            continue
        for label, mask in masks.items():
            figures = measure(search_within(label), vectors, queries, mask)
            rows.append({"system": name, "filter": label, "build_s": built, **figures})
    print(json.dumps(rows))


def measure(search: Search, vectors: np.ndarray, queries: np.ndarray, mask: np.ndarray) -> dict[str, float]:
    """Recall@10 against comparing everything, median and 95th percentile in milliseconds."""
    search(queries[0])
    recalls, times = [], []
    for query in queries:
        started = time.perf_counter()
        found = search(query)
        times.append((time.perf_counter() - started) * 1000)
        similarities = np.where(mask, vectors @ query, -np.inf)
        wanted = min(K, int(mask.sum()))
        threshold = np.partition(similarities, -wanted)[-wanted] - 1e-5
        recalls.append(sum(similarities[number] >= threshold for number in found[:wanted]) / wanted)
    return {
        "recall": statistics.fmean(recalls),
        "median_ms": statistics.median(times),
        "p95_ms": float(np.percentile(times, 95)),
    }


def faiss_hnsw(vectors: np.ndarray, masks: dict[str, np.ndarray], folder: Path) -> Callable[[str], Search]:
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.IndexHNSWFlat(vectors.shape[1], 16, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 100
    index.add(vectors)

    def within(label: str) -> Search:
        selector = None if masks[label].all() else faiss.IDSelectorBatch(np.flatnonzero(masks[label]))
        options = faiss.SearchParametersHNSW(efSearch=EF, sel=selector)
        return lambda query: index.search(query[None], K, params=options)[1][0].tolist()

    return within


def lance(vectors: np.ndarray, masks: dict[str, np.ndarray], folder: Path) -> Callable[[str], Search]:
    import lancedb
    import lancedb.index
    import pyarrow as pa

    columns = {name: pa.array(mask) for name, mask in masks.items()}
    column = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1])
    table = lancedb.connect(folder / "lance").create_table(
        "segments", pa.table({"number": pa.array(range(len(vectors))), "vector": column, **columns})
    )
    graph = lancedb.index.HnswSq(distance_type="cosine", m=16, ef_construction=100)
    table.create_index("vector", config=graph)

    def within(label: str) -> Search:
        def search(query: np.ndarray) -> list[int]:
            asked = table.search(query).distance_type("cosine").ef(EF).limit(K).select(["number", "_distance"])
            if not masks[label].all():
                asked = asked.where(f"{label} = true", prefilter=True)
            return asked.to_arrow()["number"].to_pylist()

        return search

    return within


def chroma(vectors: np.ndarray, masks: dict[str, np.ndarray], folder: Path) -> Callable[[str], Search]:
    import chromadb

    client = chromadb.PersistentClient(
        path=str(folder / "chroma"), settings=chromadb.Settings(anonymized_telemetry=False)
    )
    hnsw = {"space": "cosine", "max_neighbors": 16, "ef_construction": 100, "ef_search": EF}
    collection = client.create_collection("segments", configuration={"hnsw": hnsw}, embedding_function=None)
    for start in range(0, len(vectors), CHUNK):
        numbers = range(start, min(start + CHUNK, len(vectors)))
        collection.add(
            ids=[str(number) for number in numbers],
            embeddings=vectors[start : start + CHUNK],
            metadatas=[{name: bool(mask[number]) for name, mask in masks.items()} for number in numbers],
        )

    def within(label: str) -> Search:
        where = None if masks[label].all() else {label: True}

        def search(query: np.ndarray) -> list[int]:
            found = collection.query(query_embeddings=[query], n_results=K, where=where, include=[])
            return [int(number) for number in found["ids"][0]]

        return search

    return within


if __name__ == "__main__":
    main()
