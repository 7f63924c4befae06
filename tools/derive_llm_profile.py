"""Derive the windowed profile of the language-model requests from the published trace of 2023.

    python tools/derive_llm_profile.py AzureLLMInferenceTrace_conv.csv [--out data]

writes ``llm-requests-2023.parquet`` and, beside it, ``llm-requests-2023.json`` with the source, the licence,
the checksums and how it was derived. The same input and the same pyarrow give the same bytes.

The profile has half-minute windows (the last ends with the first whole second after the last
request) and three classes by context tokens: 1 up to 512, 2 up to 2048, 3 more. A row holds the
exact number of requests of one class in one window and 32 quantiles each of context and generated
tokens. A quantile here is the mean of one thirty-second of the ordered values, so the mean of the
list is the mean of the requests; it cannot leave the class. A class with fewer than 2 requests in a
window takes its quantiles from the windows around it, as few on either side as bring 32 requests
together (``pooled`` says how many; 0 almost everywhere). The two quantities are joined by a
Gaussian copula whose parameter 2 sin(pi rho / 6) gives a rank correlation rho: Spearman's, measured
for each class over the whole trace.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy.stats import spearmanr

from vsmlab.errors import InputError
from vsmlab.lab.traces import Trace, read_trace

NAME = "llm-requests-2023"
PUBLISHED = "data/AzureLLMInferenceTrace_conv.csv"
PUBLISHED_SHA256 = "2f1e5b666d4e3055fdbba98598ce2ec307767b9064e03e2fa46676dbcc7d0bf8"
COMMIT = "b469a113"
WINDOW = 30.0
LIMITS = (512, 2048)
QUANTILES = 32
ENOUGH = 2
POOL = 32

Floats = NDArray[np.float64]


def slice_means(values: Floats, count: int) -> Floats:
    """Means of ``count`` equal slices of the ordered values: quantiles that keep the mean.

    Args:
        values: At least one value, in any order.
        count: How many slices; a value may be shared between two.

    >>> slice_means(np.array([4.0, 2.0, 3.0]), 2)
    array([2.33333333, 3.66666667])
    """
    ordered = np.sort(values)
    area = np.concatenate(([0.0], np.cumsum(ordered)))
    # whole numbers stay exact: the area is linear between the values' own levels i/n
    at = np.arange(count + 1) * len(ordered)
    whole, rest = at // count, at % count
    below = area[whole] + rest / count * np.append(ordered, 0.0)[whole]
    means = np.diff(below) * count / len(ordered)
    return np.maximum.accumulate(np.clip(means, ordered[0], ordered[-1]))


def derive(trace: Trace) -> tuple[pa.Table, dict[str, object]]:
    """The profile as a table, and what was measured on the way."""
    context, generated = trace.columns["context_tokens"], trace.columns["generated_tokens"]
    classes = np.searchsorted(LIMITS, context) + 1
    windows = (trace.times // WINDOW).astype(np.int64)
    number = int(windows[-1]) + 1
    end = math.floor(trace.times[-1]) + 1.0
    measured = []
    parameters = []
    for kind in range(1, len(LIMITS) + 2):
        here = classes == kind
        rank = round(float(spearmanr(context[here], generated[here]).statistic), 6)
        parameters.append(round(2 * math.sin(math.pi * rank / 6), 6))
        low = 0 if kind == 1 else LIMITS[kind - 2]
        measured.append(
            {
                "class": kind,
                "context_tokens_above": low,
                "context_tokens_at_most": LIMITS[kind - 1] if kind <= len(LIMITS) else None,
                "requests": int(here.sum()),
                "spearman": rank,
                "copula": parameters[-1],
            }
        )
    rows: dict[str, list[object]] = {name: [] for name in schema().names}
    for window in range(number):
        for kind in range(1, len(LIMITS) + 2):
            of_kind = classes == kind
            count = int((of_kind & (windows == window)).sum())
            pooled = 0
            enough = ENOUGH if count >= ENOUGH else POOL
            while (of_kind & (abs(windows - window) <= pooled)).sum() < enough and pooled < number:
                pooled += 1
            chosen = of_kind & (abs(windows - window) <= pooled)
            rows["window_start"].append(window * WINDOW)
            rows["window_end"].append(min((window + 1) * WINDOW, end))
            rows["class"].append(kind)
            rows["count"].append(count)
            rows["correlation"].append(parameters[kind - 1])
            rows["pooled"].append(pooled)
            rows["context_tokens_q"].append(slice_means(context[chosen], QUANTILES))
            rows["generated_tokens_q"].append(slice_means(generated[chosen], QUANTILES))
    facts: dict[str, object] = {
        "windows": number,
        "window_seconds": WINDOW,
        "end": end,
        "requests": trace.rows,
        "first_request": trace.start,
        "classes": measured,
        "pooled_rows": sum(1 for pooled in rows["pooled"] if pooled),
    }
    return pa.table(rows, schema=schema()), facts


def schema() -> pa.Schema:
    """The columns of a profile; what they mean is in ``vsmlab/lab/profiles.py``."""
    quantiles = pa.list_(pa.field("element", pa.float32(), nullable=False), QUANTILES)
    kinds = {
        "window_start": pa.float64(),
        "window_end": pa.float64(),
        "class": pa.int16(),
        "count": pa.int32(),
        "correlation": pa.float64(),
        "pooled": pa.int16(),
        "context_tokens_q": quantiles,
        "generated_tokens_q": quantiles,
    }
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in kinds.items()])


def main(arguments: list[str] | None = None) -> int:
    """Derive and write; 0 when all is well, 2 when the input is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("trace", type=Path, help="the published CSV")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[1] / "data")
    given = parser.parse_args(arguments)
    try:
        columns = {"context_tokens": "ContextTokens", "generated_tokens": "GeneratedTokens"}
        trace = read_trace(given.trace, "TIMESTAMP", columns)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    if trace.sha256 != PUBLISHED_SHA256:
        print(f"{given.trace}: not the published file: SHA-256 {trace.sha256}", file=sys.stderr)
        print(f"expected {PUBLISHED_SHA256}", file=sys.stderr)
        return 2
    table, facts = derive(trace)
    given.out.mkdir(parents=True, exist_ok=True)
    target = given.out / f"{NAME}.parquet"
    pq.write_table(
        table,
        target,
        compression="zstd",
        compression_level=19,
        use_dictionary=["window_start", "window_end", "class", "correlation", "pooled"],
        column_encoding={
            "context_tokens_q.list.element": "BYTE_STREAM_SPLIT",
            "generated_tokens_q.list.element": "BYTE_STREAM_SPLIT",
        },
        store_schema=True,
    )
    note = {
        "name": NAME,
        "title": "Language-model requests of one hour of 2023-11-16 in half-minute windows",
        "file": target.name,
        "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
        "bytes": target.stat().st_size,
        "derived_from": {
            "repository": "https://github.com/Azure/AzurePublicDataset",
            "commit": COMMIT,
            "file": PUBLISHED,
            "sha256": trace.sha256,
        },
        "licence": "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
        "attribution": "Derived from the Azure LLM inference trace 2023 (AzureLLMInferenceTrace_conv.csv) in "
        "Azure/AzurePublicDataset by Microsoft, CC BY 4.0",
        "changes": "single requests were replaced by counts and quantiles",
        "how": " ".join((__doc__ or "").split("\n\n", 3)[3].split()),
        "layout": "vsmlab/lab/profiles.py",
        "script": "tools/derive_llm_profile.py",
        "pyarrow": pa.__version__,
        "measured": facts,
    }
    text = json.dumps(note, indent=2, ensure_ascii=False) + "\n"
    (given.out / f"{NAME}.json").write_text(text, encoding="utf-8", newline="\n")
    print(f"{target}: {target.stat().st_size:,} bytes, {trace.rows:,} requests")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
