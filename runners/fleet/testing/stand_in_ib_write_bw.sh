#!/usr/bin/env bash
# Stands in for perftest's ib_write_bw, without any adapter: a server waits by a file beside this one, a
# client prints a table of made-up figures. A device "down" fails as an adapter that is down.
# The arguments end with "-p PORT" at a server, and "-p PORT ADDRESS" at a client.
arguments=("$@") device=$2
echo ' STAND-IN: no adapter measured these figures.'
if [[ ${arguments[-2]} == -p ]]; then
  waits=${0%/*}/port-${arguments[-1]}
  [[ $device == down ]] && exec sleep 20
  touch "$waits"
  for ((i = 0; i < 200; i++)); do
    [[ -e $waits ]] || exit 0
    sleep 0.1
  done
  exit 1
fi
port=${arguments[-2]} address=${arguments[-1]}
if [[ $device == down ]]; then
  echo ' Port number 1 state is Down' >&2
  exit 1
fi
if [[ ! -e ${0%/*}/port-$port ]]; then
  echo "Couldn't connect to $address:$port" >&2
  exit 1
fi
rm -f "${0%/*}/port-$port"
echo ' Link type       : IB'
echo ' #bytes     #iterations    BW peak[Gb/sec]    BW average[Gb/sec]   MsgRate[Mpps]'
echo " 1048576    70000            0.00               ${port#185}.00              $(awk "BEGIN { print ${port#185} / 8388.608 }")"
