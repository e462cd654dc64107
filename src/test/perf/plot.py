"""What compare.py and growth.py have measured, drawn: --plot FILE.svg. Needs matplotlib (Debian: python3-matplotlib)."""
import argparse, importlib.util, os, sys

import loads

# Told apart by those who see fewer colours, too (Okabe and Ito).
COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000"]


def file(path):
    """The option's value, or why there can be no plot: said before anything is measured."""
    if not path.endswith(".svg"):
        raise argparse.ArgumentTypeError(f"{path}: only .svg is written")
    folder = os.path.dirname(path) or "."
    if os.path.isdir(path) or not os.access(path if os.path.exists(path) else folder, os.W_OK):
        raise argparse.ArgumentTypeError(f"{path}: cannot be written")
    if not importlib.util.find_spec("matplotlib"):
        raise argparse.ArgumentTypeError(f"{sys.executable} has no matplotlib (Debian: install python3-matplotlib and use /usr/bin/python3)")
    return path


def canvas(rows, columns, width, height):
    import matplotlib
    matplotlib.use("svg")
    # Text stays text, and the same figures make the same file.
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "quorumd", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    from matplotlib import pyplot
    return pyplot.subplots(rows, columns, figsize=(width, height), squeeze=False, layout="constrained")


def write(figure, path):
    figure.savefig(path, metadata={"Date": None})


def compared(by_target, name, column):
    """A target's figure over quorumd's, round by round as in the table: the median of the ratios."""
    return loads.ratio(by_target[name], by_target["quorumd"], column)


def bars(figures, path):
    """Figures by cell and target, a list of rounds each, as loads.measure returns them: IOPS and CPU, quorumd's being 1."""
    targets = list(next(iter(figures.values())))
    figure, axes = canvas(2, 1, 6 + len(figures), 8)
    for ax, (title, column) in zip(axes[:, 0], [("throughput (more is better)", "iops"), ("server CPU per I/O (less is better)", "cpu")]):
        for i, name in enumerate(targets):
            places = [cell + (i - (len(targets) - 1) / 2) * .8 / len(targets) for cell in range(len(figures))]
            drawn = ax.bar(places, [compared(by_target, name, column) for by_target in figures.values()],
                           .8 / len(targets), label=name, color=COLOURS[i % len(COLOURS)])
            ax.bar_label(drawn, fmt="%.2f", fontsize=6, rotation=90, padding=2)
        ax.axhline(1, color="grey", linewidth=.5)
        ax.set_xticks(range(len(figures)), [cell.replace("-", "\n", 1) for cell in figures])
        ax.margins(x=.01, y=.12)
        ax.set_title(title + ", quorumd = 1", loc="left")
    axes[0, 0].legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    write(figure, path)


def curves(growth, path):
    """By quantity its rows: (amount, {mode: (IOPS, CPU seconds per 100,000)}, resident MiB)."""
    figure, axes = canvas(3, len(growth), 3.2 * len(growth), 8)
    for column, (what, rows) in enumerate(growth.items()):
        amounts = [str(amount) for amount, _, _ in rows]
        for i, mode in enumerate(rows[0][1]):
            axes[0, column].plot(amounts, [by_mode[mode][1] for _, by_mode, _ in rows], marker="o", label=mode, color=COLOURS[i])
            axes[1, column].plot(amounts, [by_mode[mode][0] for _, by_mode, _ in rows], marker="o", label=mode, color=COLOURS[i])
        axes[2, column].plot(amounts, [resident for _, _, resident in rows], marker="o", color="grey")
        axes[0, column].set_title(what, loc="left")
    for ax in axes.flat:
        ax.set_ylim(0, 1.1 * ax.dataLim.y1)
    for ax, label in zip(axes[:, 0], ["server CPU s per 100,000 I/Os", "IOPS", "resident MiB"]):
        ax.set_ylabel(label)
    axes[0, 0].legend(frameon=False)
    write(figure, path)
