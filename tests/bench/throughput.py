"""Texts taken as fast as it goes, each answered after its commit: the gateway, the bare server and the Node peers in
turns."""
import processes
from servers import Load, NodePeer
from steady import good_rounds, median, section

CONNECTIONS = (256, 64)


def figures(stand):
    section("texts taken, closed loop (requests a second)")
    gateway = stand.gateway
    loads = {"durable": stand.load, "raw": stand.bare_load} | _peers(stand)
    for load in loads.values():
        load.settle()

    def run(name, connections):
        watch = processes.CpuWatch(gateway.pid)
        result = loads[name].closed(connections, stand.seconds)
        return result | (watch.per_piece_us(result["requests"]) if name == "durable" else {})

    wanted = [("raw", at) for at in CONNECTIONS] + [("durable", at) for at in CONNECTIONS]
    wanted += [(name, 256) for name in loads if name.startswith("node")]
    works = {f"{name}_{at}": lambda name=name, at=at: run(name, at) for name, at in wanted}
    rounds = stand.steady.rounds_of(works, said=lambda result: f"{result['rps']:.0f}")
    rounds = good_rounds(rounds, lambda results: results["raw_256"]["rps"])
    found = {f"{name}_{kind}_{at}": median(rounds, lambda r, key=f"{name}_{at}", kind=kind: r[key][kind])
             for name, at in wanted for kind in ("rps", "p50_us", "p99_us")}
    for at in CONNECTIONS:
        found[f"durable_over_raw_{at}"] = _ratio(rounds, f"durable_{at}", f"raw_{at}")
    for name in loads:
        if name.startswith("node"):
            found[f"durable_over_{name}_256"] = _ratio(rounds, "durable_256", f"{name}_256")
    for name in ("http_cpu_us", "storage_cpu_us"):
        found[name] = median(rounds, lambda r, name=name: r["durable_256"][name])
    for peer in stand.peers:
        peer.kill()
    return found


def _ratio(rounds, over, under):
    return median(rounds, lambda r: r[over]["rps"] / r[under]["rps"])


def _peers(stand):
    if why := NodePeer.why_not():
        stand.steady.leave_out("durable_over_node_256, durable_over_node_grouped_256", why)
        return {}
    peers = {"node": NodePeer(stand.world, "single"), "node_grouped": NodePeer(stand.world, "grouped")}
    stand.peers += [peer.start() for peer in peers.values()]
    return {name: Load(peer.port) for name, peer in peers.items()}


def show(found):
    print("\ntexts taken, each answered after its commit, beside a bare Beast server (medians)")
    print("connections |  bare/s | durable/s | ratio | durable p50 ms | p99 ms")
    for at in CONNECTIONS:
        print(f"{at:11} | {found[f'raw_rps_{at}']:7.0f} | {found[f'durable_rps_{at}']:9.0f} | "
              f"{found[f'durable_over_raw_{at}']:5.2f} | {found[f'durable_p50_us_{at}'] / 1e3:14.1f} | "
              f"{found[f'durable_p99_us_{at}'] / 1e3:6.1f}")
    for name, meaning in (("node", "Node, a transaction a message"), ("node_grouped", "Node, in groups")):
        if f"{name}_rps_256" in found:
            print(f"{meaning}, 256 connections: {found[f'{name}_rps_256']:.0f}/s")
    print(f"CPU a message, 256 connections: HTTP {found['http_cpu_us']:.1f} us, storage {found['storage_cpu_us']:.1f} us")
