"""The families of fleet series that are ours."""

from __future__ import annotations

from exporters.exposition import Family, Kind


def _gauge(name: str, text: str) -> Family:
    return Family(f"wanwatch_{name}", Kind.GAUGE, text)


COUNTRY_COVERAGE = _gauge(
    "country_coverage_ratio", "Share of all sites of the country that are covered."
)
CUT_OFF = _gauge("monitor_cut_off", "1 while the monitor itself is cut off from the WAN.")

COVERAGE = _gauge("coverage_ratio", "Share of the province's sites that are covered.")
SITES = _gauge("sites", "Sites of the province by state.")
SITES_MAINTENANCE = _gauge(
    "sites_in_maintenance", "Sites of the province in a maintenance window, whatever their state."
)
OUTAGES = _gauge("outages", "Open outages by severity and by the province of their root.")
OUTAGE_SITES = _gauge(
    "outage_sites_hurt", "Sites without coverage because of this open outage, its own included."
)

SITE_INFO = _gauge("site_info", "Always 1: name and kind of a site.")
SITE_UP = _gauge("site_up", "1 while a site is covered, 0 while not; absent while unknown.")

NODE_INFO = _gauge("node_info", "Always 1: name, address and identity of a node.")
NODE_UP = _gauge(
    "node_up", "1 while a node is up, 0 while it is down or unreachable; absent while unknown."
)
NODE_STATE = _gauge("node_state", "1 for the state that a node is in, 0 for the others.")
NODE_SINCE = _gauge("node_state_since_timestamp_seconds", "When the node came into its state.")
NODE_MAINTENANCE = _gauge("node_in_maintenance", "1 while a node is in a maintenance window.")
NODE_SEEN = _gauge("node_last_seen_timestamp_seconds", "When the node last answered.")
NODE_RTT = _gauge(
    "node_rtt_seconds", "Round-trip time over the last looks; absent while the node is silent."
)
NODE_JITTER = _gauge(
    "node_jitter_seconds", "Jitter of the round-trip time; absent while the node is silent."
)
NODE_LOSS = _gauge("node_loss_ratio", "Share of the packets lost over the last looks.")

POLL_SUCCESS = _gauge("node_poll_success", "1 when the last poll of a module gave values, else 0.")
POLL_AGE = _gauge("node_poll_age_seconds", "Time since a module last gave values.")
POLL_TOOK = _gauge("node_poll_duration_seconds", "How long the last poll with values took.")

COUNTRY_FAMILIES = (COUNTRY_COVERAGE, CUT_OFF)
PROVINCE_FAMILIES = (
    COVERAGE, SITES, SITES_MAINTENANCE, OUTAGES, OUTAGE_SITES, SITE_INFO, SITE_UP, NODE_INFO,
    NODE_UP, NODE_STATE, NODE_SINCE, NODE_MAINTENANCE, NODE_SEEN, NODE_RTT, NODE_JITTER, NODE_LOSS,
    POLL_SUCCESS, POLL_AGE, POLL_TOOK,
)  # fmt: skip
