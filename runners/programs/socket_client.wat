;; A component that speaks TCP through wasi:sockets, WASI's own interface for sockets: it connects
;; to 127.0.0.1, sends "ping\n", and prints what comes back. PORT is replaced before it is run.
;; Where it cannot connect it prints "refused NN": the number of the error-code of
;; wasi:sockets/network (01 is access-denied, 14 is connection-refused).
(component
  ;; What it imports, with the types that these functions need.
  (import "wasi:io/error@0.2.0" (instance $io-error (export "error" (type (sub resource)))))
  (alias export $io-error "error" (type $error))
  (import "wasi:io/poll@0.2.0" (instance $poll
    (export "pollable" (type $pollable (sub resource)))
    (export "[method]pollable.block" (func (param "self" (borrow $pollable))))))
  (alias export $poll "pollable" (type $pollable))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (export "input-stream" (type $in (sub resource)))
    (export "output-stream" (type $out (sub resource)))
    (alias outer 1 $error (type $outer-error))
    (export "error" (type $error (eq $outer-error)))
    (type $stream-error (variant (case "last-operation-failed" (own $error)) (case "closed")))
    (export "stream-error" (type $failure (eq $stream-error)))
    (export "[method]input-stream.blocking-read"
      (func (param "self" (borrow $in)) (param "len" u64)
        (result (result (list u8) (error $failure)))))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" (borrow $out)) (param "contents" (list u8))
        (result (result (error $failure)))))))
  (alias export $streams "input-stream" (type $in))
  (alias export $streams "output-stream" (type $out))
  (import "wasi:cli/stdout@0.2.0" (instance $stdout
    (alias outer 1 $out (type $outer-out))
    (export "output-stream" (type $out (eq $outer-out)))
    (export "get-stdout" (func (result (own $out))))))
  (import "wasi:sockets/network@0.2.0" (instance $sockets
    (export "network" (type (sub resource)))
    (type $codes (enum "unknown" "access-denied" "not-supported" "invalid-argument"
      "out-of-memory" "timeout" "concurrency-conflict" "not-in-progress" "would-block"
      "invalid-state" "new-socket-limit" "address-not-bindable" "address-in-use"
      "remote-unreachable" "connection-refused" "connection-reset" "connection-aborted"
      "datagram-too-large" "name-unresolvable" "temporary-resolver-failure"
      "permanent-resolver-failure"))
    (export "error-code" (type (eq $codes)))
    (type $families (enum "ipv4" "ipv6"))
    (export "ip-address-family" (type (eq $families)))
    (type $v4 (tuple u8 u8 u8 u8))
    (export "ipv4-address" (type $ipv4 (eq $v4)))
    (type $v6 (tuple u16 u16 u16 u16 u16 u16 u16 u16))
    (export "ipv6-address" (type $ipv6 (eq $v6)))
    (type $v4-socket (record (field "port" u16) (field "address" $ipv4)))
    (export "ipv4-socket-address" (type $ipv4-socket (eq $v4-socket)))
    (type $v6-socket (record (field "port" u16) (field "flow-info" u32) (field "address" $ipv6)
      (field "scope-id" u32)))
    (export "ipv6-socket-address" (type $ipv6-socket (eq $v6-socket)))
    (type $address (variant (case "ipv4" $ipv4-socket) (case "ipv6" $ipv6-socket)))
    (export "ip-socket-address" (type (eq $address)))))
  (alias export $sockets "network" (type $network))
  (alias export $sockets "error-code" (type $code))
  (alias export $sockets "ip-address-family" (type $family))
  (alias export $sockets "ip-socket-address" (type $address))
  (import "wasi:sockets/instance-network@0.2.0" (instance $own
    (alias outer 1 $network (type $outer-network))
    (export "network" (type $network (eq $outer-network)))
    (export "instance-network" (func (result (own $network))))))
  (import "wasi:sockets/tcp@0.2.0" (instance $tcp
    (export "tcp-socket" (type $socket (sub resource)))
    (alias outer 1 $network (type $network')) (export "network" (type $network (eq $network')))
    (alias outer 1 $code (type $code')) (export "error-code" (type $code (eq $code')))
    (alias outer 1 $address (type $address'))
    (export "ip-socket-address" (type $address (eq $address')))
    (alias outer 1 $pollable (type $pollable')) (export "pollable" (type $pollable (eq $pollable')))
    (alias outer 1 $in (type $in')) (export "input-stream" (type $in (eq $in')))
    (alias outer 1 $out (type $out')) (export "output-stream" (type $out (eq $out')))
    (export "[method]tcp-socket.start-connect"
      (func (param "self" (borrow $socket)) (param "network" (borrow $network))
        (param "remote-address" $address) (result (result (error $code)))))
    (export "[method]tcp-socket.finish-connect"
      (func (param "self" (borrow $socket))
        (result (result (tuple (own $in) (own $out)) (error $code)))))
    (export "[method]tcp-socket.subscribe"
      (func (param "self" (borrow $socket)) (result (own $pollable))))))
  (alias export $tcp "tcp-socket" (type $socket))
  (import "wasi:sockets/tcp-create-socket@0.2.0" (instance $create
    (alias outer 1 $socket (type $socket')) (export "tcp-socket" (type $socket (eq $socket')))
    (alias outer 1 $code (type $code')) (export "error-code" (type $code (eq $code')))
    (alias outer 1 $family (type $family'))
    (export "ip-address-family" (type $family (eq $family')))
    (export "create-tcp-socket"
      (func (param "address-family" $family) (result (result (own $socket) (error $code)))))))

  ;; Memory: results lie from 0 on, texts from 32 on, what is received from 1024 on.
  (core module $memory
    (memory (export "memory") 1)
    (data (i32.const 32) "ping\n")
    (data (i32.const 48) "refused NN\n")
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $memory (instantiate $memory))
  (alias core export $memory "memory" (core memory $m))
  (alias core export $memory "realloc" (core func $realloc))

  (core func $block (canon lower (func $poll "[method]pollable.block")))
  (core func $read (canon lower (func $streams "[method]input-stream.blocking-read")
    (memory $m) (realloc $realloc)))
  (core func $write
    (canon lower (func $streams "[method]output-stream.blocking-write-and-flush") (memory $m)))
  (core func $get-stdout (canon lower (func $stdout "get-stdout")))
  (core func $get-network (canon lower (func $own "instance-network")))
  (core func $new-socket (canon lower (func $create "create-tcp-socket") (memory $m)))
  (core func $connect (canon lower (func $tcp "[method]tcp-socket.start-connect") (memory $m)))
  (core func $connected (canon lower (func $tcp "[method]tcp-socket.finish-connect") (memory $m)))
  (core func $subscribe (canon lower (func $tcp "[method]tcp-socket.subscribe")))

  (core module $main
    (import "" "memory" (memory 1))
    (import "" "block" (func $block (param i32)))
    (import "" "read" (func $read (param i32 i64 i32)))
    (import "" "write" (func $write (param i32 i32 i32 i32)))
    (import "" "get-stdout" (func $get-stdout (result i32)))
    (import "" "get-network" (func $get-network (result i32)))
    (import "" "new-socket" (func $new-socket (param i32 i32)))
    (import "" "connect" (func $connect
      (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "" "connected" (func $connected (param i32 i32)))
    (import "" "subscribe" (func $subscribe (param i32) (result i32)))

    ;; A result begins with a byte that is 0 where all went well.
    (func $failed (result i32) (i32.load8_u (i32.const 0)))
    (func $print (param $at i32) (param $length i32)
      (call $write (call $get-stdout) (local.get $at) (local.get $length) (i32.const 0)))
    (func $refused (param $code i32) (result i32)
      (i32.store8 (i32.const 56)
        (i32.add (i32.const 48) (i32.div_u (local.get $code) (i32.const 10))))
      (i32.store8 (i32.const 57)
        (i32.add (i32.const 48) (i32.rem_u (local.get $code) (i32.const 10))))
      (call $print (i32.const 48) (i32.const 11))
      (i32.const 1))

    (func (export "run") (result i32) (local $socket i32) (local $in i32) (local $out i32)
      (call $new-socket (i32.const 0) (i32.const 0))
      (if (call $failed) (then (return (call $refused (i32.load8_u (i32.const 4))))))
      (local.set $socket (i32.load (i32.const 4)))
      (call $connect (local.get $socket) (call $get-network)
        (i32.const 0) (i32.const PORT) (i32.const 127) (i32.const 0) (i32.const 0) (i32.const 1)
        (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
        (i32.const 0))
      (if (call $failed) (then (return (call $refused (i32.load8_u (i32.const 1))))))
      (call $block (call $subscribe (local.get $socket)))
      (call $connected (local.get $socket) (i32.const 0))
      (if (call $failed) (then (return (call $refused (i32.load8_u (i32.const 4))))))
      (local.set $in (i32.load (i32.const 4)))
      (local.set $out (i32.load (i32.const 8)))
      (call $write (local.get $out) (i32.const 32) (i32.const 5) (i32.const 0))
      (if (call $failed) (then unreachable))
      (call $read (local.get $in) (i64.const 64) (i32.const 0))
      (if (call $failed) (then unreachable))
      (call $print (i32.load (i32.const 4)) (i32.load (i32.const 8)))
      (i32.const 0)))
  (core instance $main (instantiate $main (with "" (instance
    (export "memory" (memory $m)) (export "block" (func $block)) (export "read" (func $read))
    (export "write" (func $write)) (export "get-stdout" (func $get-stdout))
    (export "get-network" (func $get-network)) (export "new-socket" (func $new-socket))
    (export "connect" (func $connect)) (export "connected" (func $connected))
    (export "subscribe" (func $subscribe))))))

  (func $run (result (result)) (canon lift (core func $main "run")))
  (instance $program (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $program)))
