"""What each figure must reach, in one place, and how the figures are shown beside it."""
import collections
import operator

Bar = collections.namedtuple("Bar", "name relation value goal meaning")

AT_LEAST, AT_MOST = "≥", "≤"
_HOLDS = {AT_LEAST: operator.ge, AT_MOST: operator.le}

BARS = (
    Bar("durable_over_raw_256", AT_LEAST, 0.33, 0.50, "texts taken, beside a bare HTTP server, 256 connections"),
    Bar("durable_over_raw_64", AT_LEAST, 0.25, 0.42, "the same, 64 connections"),
    Bar("durable_over_node_256", AT_LEAST, 8, 20, "beside the Node peer, a transaction a message"),
    Bar("durable_over_node_grouped_256", AT_LEAST, 2, 4, "beside the Node peer made to commit in groups"),
    Bar("wal_pages_per_message", AT_MOST, 1.2, 0.4, "pages written to the log for a message"),
    Bar("wal_pages_per_repeat", AT_MOST, 0, 0, "pages written for a webhook that was delivered before"),
    Bar("rows_10m_over_fresh", AT_LEAST, 0.85, 0.95, "storage with 10 million messages beside a fresh one"),
    Bar("rows_1m_over_fresh", AT_LEAST, 0.85, 0.95, "the same with one million (--quick)"),
    Bar("added_p50_over_fsync_500", AT_MOST, 3.5, 2, "what safety adds to the median wait, in flushes, 500 a second"),
    Bar("idle_connection_kb", AT_MOST, 3.0, 2.0, "memory of an idle connection (KiB)"),
    Bar("with_10k_idle_over_without", AT_LEAST, 0.95, None, "throughput beside 10,000 idle connections"),
    Bar("first_answer_1m_over_empty", AT_MOST, 1.5, None, "start to first answer, a million repeats to know"),
    Bar("recovery_over_clean_start", AT_MOST, 1.5, None, "the same after kill -9, beside after a stop"),
    Bar("inbound_while_draining_over_without", AT_LEAST, 0.6, None, "taking texts while sending as fast as it can"),
    Bar("danger_page_p99_over_ordinary_p99", AT_MOST, 0.5, None, "danger to its page, beside a text to its answer"),
    Bar("ussd_p99_1000_over_10", AT_MOST, 1.5, None, "slowest hundredth of screens, 1,000 open sessions beside 10"),
    Bar("voice_p99_1000_over_10", AT_MOST, 1.5, None, "slowest hundredth of answers, 1,000 open calls beside 10"),
    Bar("p99_while_backup_over_without", AT_MOST, 1.5, None, "slowest hundredth during a backup and a long read"),
    Bar("people_import_100k_over_10k", AT_MOST, 11, None, "import of 100,000 lines of families, beside of 10,000"),
)


def verdict(bar, figures):
    """"holds", "fails" or "not measured"."""
    if bar.name not in figures:
        return "not measured"
    return "holds" if _HOLDS[bar.relation](figures[bar.name], bar.value) else "fails"


def show(figures):
    print(f"\n{'figure':36} {'measured':>9}   {'bar':>7} {'goal':>6}")
    for bar in BARS:
        judged = verdict(bar, figures)
        if judged == "not measured" and bar.name.startswith("rows_"):
            continue  # One of the two is always left out.
        measured = f"{figures[bar.name]:9.3f}" if bar.name in figures else f"{'-':>9}"
        goal = "" if bar.goal is None else f"{bar.goal:g}"
        print(f"{bar.name:36} {measured}   {bar.relation} {bar.value:5g} {goal:>6}  {judged:12}  {bar.meaning}")
