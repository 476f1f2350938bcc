"""Draws CPU seconds and peak memory of near copies against the number of articles: python plot.py IMAGE.svg CAPTION.

Reads rows of articles, cpu and peak as JSON. Runs in an environment of its own (see machine.py) and imports nothing of
wirecopy.
"""

import json
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt


def main() -> None:
    """Draw two panels beside each other, both axes in powers of ten: what grows in proportion is a straight line."""
    mpl.use("svg")
    mpl.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "scale", "font.size": 9}
    rows = json.load(sys.stdin)
    articles = [row["articles"] for row in rows]
    figure, panels = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
    for panel, name, label in zip(panels, ("cpu", "peak"), ("CPU seconds", "peak memory, MB"), strict=True):
        values = [row[name] for row in rows]
        panel.loglog(articles, values, marker="o", color="#1f5f8b", linewidth=1.5)
        panel.loglog(articles, [values[-1] * n / articles[-1] for n in articles], ":", color="#888888", linewidth=1)
        panel.set(xlabel="articles", ylabel=label)
        panel.grid(visible=True, which="major", color="#dddddd")
        for n, value in zip(articles, values, strict=True):
            panel.annotate(
                f"{value:,.0f}", (n, value), textcoords="offset points", xytext=(0, 6), ha="center", fontsize=8
            )
    figure.suptitle(f"near_copies; dotted: in proportion to the articles ({sys.argv[2]})", fontsize=9)
    figure.savefig(sys.argv[1], metadata={"Date": None})


if __name__ == "__main__":
    main()
