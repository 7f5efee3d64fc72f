# Runs an iperf3 server until standard input ends, and says "ready" when it listens.
#
#   network_serve.sh IPERF3 ADDRESS
#
# It runs in the network namespace that it serves.
iperf3=$1 address=$2
"$iperf3" -s -B "$address" </dev/null >/dev/null 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null' EXIT
tries=0

# Another program may have the port already: the socket that listens must be the server's own. 5201 is
# iperf3's port, and 0A a socket that listens (proc_pid_net(5)).
listens() {
  local held at state inode
  held=" $(readlink "/proc/$server/fd/"* 2>/dev/null | tr '\n' ' ')"
  while read -r _ at _ state _ _ _ _ _ inode _; do
    [ "${at##*:} $state" = "1451 0A" ] && [[ "$held" == *" socket:[$inode] "* ]] && return 0
  done < <(cat /proc/self/net/tcp /proc/self/net/tcp6 2>/dev/null)
  return 1
}

until listens; do
  tries=$((tries + 1))
  if ! kill -0 "$server" 2>/dev/null || [ "$tries" -gt 500 ]; then
    echo "failed: the iperf3 server does not listen on $address"
    exit 1
  fi
  sleep 0.02
done
echo ready
cat >/dev/null
