# Two private network namespaces, joined by a pair of veth devices, with an iperf3 server in one.
#
#   network_namespaces.sh IPERF3 SERVE CLIENT_ADDRESS SERVER_ADDRESS TAP_ADDRESS
#
# Each exists as long as the process that holds it: until standard input ends. SERVE is the text of
# network_serve.sh. Says "ready CLIENT SERVER NETDEV": the two holders, by whose /proc/PID/ns/net the
# namespaces are entered, and "tap" where the server's one has the tap device tap0 for a guest, or
# "vhost" where the kernel itself can carry its packets, else "user". Nothing is made in the namespace that this is started in.
iperf3=$1 serve=$2 client_address=$3 server_address=$4 tap_address=$5
exec 5<&0

hold() {
  unshare --net cat <&5 >/dev/null 2>&1 &
  holder=$!
  local tries=0
  until [ "$(readlink "/proc/$holder/ns/net")" != "$own" ]; do
    tries=$((tries + 1))
    kill -0 "$holder" 2>/dev/null && [ "$tries" -le 500 ] || fail "no private network namespace"
    sleep 0.02
  done
}
fail() {
  echo "failed: $1"
  exit 1
}
in_client() { nsenter --net="/proc/$client/ns/net" "$@"; }
in_server() { nsenter --net="/proc/$server/ns/net" "$@"; }

join() {
  in_client ip link add veth0 type veth peer name veth1 netns "$server" &&
    in_client ip address add "$client_address/30" dev veth0 && in_client ip link set veth0 up &&
    in_server ip address add "$server_address/30" dev veth1 && in_server ip link set veth1 up &&
    in_server ip link set lo up
}
make_tap() {
  in_server ip tuntap add dev tap0 mode tap && in_server ip address add "$tap_address/30" dev tap0 &&
    in_server ip link set tap0 up
}

own=$(readlink /proc/self/ns/net)
hold
client=$holder
hold
server=$holder
trouble=$(join 2>&1) || fail "$(echo "$trouble" | tr '\n' ' ')"
netdev=user
make_tap >/dev/null 2>&1 && netdev=tap
[ "$netdev" = tap ] && [ -c /dev/vhost-net ] && (exec 7<>/dev/vhost-net) 2>/dev/null && netdev=vhost
exec 6< <(in_server bash -c "$serve" cellproof-serve "$iperf3" 0.0.0.0 <&5)
read -r answer <&6
[ "$answer" = ready ] || fail "${answer#failed: }"
echo "ready $client $server $netdev"
wait
