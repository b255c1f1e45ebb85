# Debian packages of Harborline, and how they come onto a machine. Sourced by the scripts beside this folder.
# This is the only place that names a package.

packages_build=(
    g++ cmake ninja-build ccache lld pkg-config
    libboost1.81-dev libboost-system1.81-dev libboost-url1.81-dev libboost-json1.81-dev
    libsqlite3-dev libsqlitecpp-dev libsodium-dev libssl-dev libicu-dev libmimalloc-dev
    libspdlog-dev libfmt-dev libtomlplusplus-dev libcli11-dev libhowardhinnant-date-dev prometheus-cpp-dev
    libgtest-dev libgmock-dev libbenchmark-dev libsamplerate0-dev libpugixml-dev
)
packages_run=(tzdata ca-certificates espeak-ng)
packages_test=(python3 openssl kannel kannel-extras systemd)
packages_fuzz=(clang-16 libclang-rt-16-dev)
packages_bench=(python3 wrk valgrind)
packages_node=(nodejs npm)
packages_node_addons=(libnode-dev make)
packages_check=(python3 clang-format clang-tidy-16)

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
jobs=$(nproc)
export PYTHONDONTWRITEBYTECODE=1
# Clones of the project share what ccache keeps, wherever they lie.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
# Without these ccache keeps nothing that was compiled with a precompiled header.
export CCACHE_SLOPPINESS=pch_defines,time_macros

say() { printf '\n== %s\n' "$*"; }

die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# By its own name, or as part of another package.
is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ||
        dpkg-query -W -f '${db:Status-Status}, ${Provides},\n' | grep -E "^installed,.* $1( \(.*\))?," >/dev/null
}

# How this user may install: nothing for root, sudo where it asks for no password, else not at all.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

may_install() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }

# require GROUP...: installs what these groups lack. Says what it does, and what to do where it may not.
require() {
    command -v dpkg-query >/dev/null || die "this script installs packages of Debian 12; on another system install what scripts/lib/deps.sh names and build with 'cmake --preset release'"

    local missing=() group package
    for group in "$@"; do
        local -n wanted="packages_$group"
        for package in "${wanted[@]}"; do
            is_installed "$package" || missing+=("$package")
        done
    done
    [ ${#missing[@]} -gt 0 ] || return 0

    say "missing packages: ${missing[*]}"
    if ! may_install; then
        die "this user may not install packages. As root, run once:
    apt-get update && apt-get install --no-install-recommends -y ${missing[*]}"
    fi
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120)
    as_root "${apt[@]}" update || die "the package lists could not be read; is there a network, and are the lists in /etc/apt those of Debian 12?"
    as_root "${apt[@]}" install --no-install-recommends -y "${missing[@]}" || die "the packages above could not be installed; this needs Debian 12 (bookworm)"

    # Debian starts Kannel's service (with its own sample settings) when it installs the package; the tests start their own.
    if [[ " ${missing[*]} " == *" kannel "* ]]; then
        as_root /etc/init.d/kannel stop >/dev/null 2>&1 || true
        as_root update-rc.d kannel disable >/dev/null 2>&1 || true
    fi
}

# Node and npm: Debian's (18), unless this machine has later ones of its own, beside which Debian's cannot be installed.
require_node() {
    command -v nodejs >/dev/null && command -v npm >/dev/null || require node
}

# And what native packages compile against.
require_node_addons() {
    require_node
    [ -f /usr/include/node/node.h ] || require node_addons
}

# configure PRESET: unless that was done before.
configure() {
    [ ! -f "build/$1/build.ninja" ] || return 0
    mkdir -p build
    cmake --preset "$1" >"build/configure-$1.log" 2>&1 || {
        cat "build/configure-$1.log" >&2
        die "cmake could not configure the preset $1 (see above)"
    }
}

# build PRESET [TARGET...]: configures when needed and builds.
build() {
    local preset=$1
    shift
    configure "$preset"
    cmake --build "build/$preset" -j"$jobs" ${1:+--target "$@"}
}
