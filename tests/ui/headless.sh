#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# headless.sh [--size WxH] [--dark] COMMAND...: runs COMMAND with a display, a session bus, a HOME
# and a runtime folder that are its own and vanish with it; its exit status is COMMAND's.
set -euo pipefail

size=1280x800
while :; do
  case ${1-} in
    --size) size=$2; shift 2 ;;
    --dark) export ADW_DEBUG_COLOR_SCHEME=prefer-dark; shift ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || { echo "usage: headless.sh [--size WxH] [--dark] COMMAND..." >&2; exit 2; }

own=$(mktemp -d "${TMPDIR:-/tmp}/terrace-test-ui-XXXXXX")
pids=()
clean_up () {
  [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$own"
}
trap clean_up EXIT
trap 'exit 143' TERM INT

mkdir -m 700 "$own/run" "$own/home" "$own/tmp"
mkdir -p "$own/home/.config/gtk-4.0"

# The server picks a free display itself, so that tests may run side by side, and tells through a
# pipe when it is ready: reading it is the waiting.
mkfifo "$own/display"
Xvfb -displayfd 7 -screen 0 "${size}x24" -nolisten tcp -noreset -dpi 96 \
  7>"$own/display" >"$own/xvfb.log" 2>&1 &
pids+=($!)
if ! read -r -t 30 number <"$own/display"; then
  echo "headless.sh: Xvfb did not start" >&2
  cat "$own/xvfb.log" >&2
  exit 1
fi
export DISPLAY=:$number

export HOME=$own/home XDG_RUNTIME_DIR=$own/run TMPDIR=$own/tmp
export XDG_CONFIG_HOME=$HOME/.config XDG_DATA_HOME=$HOME/.local/share
export XDG_CACHE_HOME=$HOME/.cache XDG_STATE_HOME=$HOME/.local/state
# What is fatal for the program must not be for the tools around it.
unset G_DEBUG G_ENABLE_DIAGNOSTIC
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS XAUTHORITY AT_SPI_BUS_ADDRESS
export XDG_SESSION_TYPE=x11 XDG_CURRENT_DESKTOP=GNOME LANG=C.UTF-8
unset LC_ALL LANGUAGE

# Without gl-disable Mesa is loaded and the first frame takes seconds; GDK_DISABLE is its name in
# newer GTK.
export GDK_BACKEND=x11 GSK_RENDERER=cairo GDK_DEBUG=gl-disable GDK_DISABLE=gl,vulkan
export GSETTINGS_BACKEND=memory GTK_USE_PORTAL=0 GTK_A11Y=atspi NO_AT_BRIDGE=1

# Nobody serves desktop settings here. Screenshots should look like GNOME and not blink.
cat >"$XDG_CONFIG_HOME/gtk-4.0/settings.ini" <<'INI'
[Settings]
gtk-font-name=Cantarell 11
gtk-icon-theme-name=Adwaita
gtk-decoration-layout=:close
gtk-enable-animations=0
gtk-cursor-blink=0
gtk-xft-antialias=1
gtk-xft-hinting=0
gtk-xft-rgba=none
INI

# Dialogs ask a window manager to be kept above their window; keys go to the focused window only.
openbox >"$own/openbox.log" 2>&1 &
pids+=($!)

# The bus and what it starts talk too; only COMMAND may have standard output, which may be TAP.
# shellcheck disable=SC2016
dbus-run-session -- bash -c 'exec "$@" >&3 3>&-' command "$@" 3>&1 >&2
