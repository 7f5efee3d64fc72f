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
# 5201 is iperf3's port, and 0A a socket that listens (proc_pid_net(5)).
until grep -qs ':1451 [0-9A-F]*:0000 0A ' /proc/self/net/tcp /proc/self/net/tcp6; do
  tries=$((tries + 1))
  if ! kill -0 "$server" 2>/dev/null || [ "$tries" -gt 500 ]; then
    echo "failed: the iperf3 server does not listen on $address"
    exit 1
  fi
  sleep 0.02
done
echo ready
cat >/dev/null
