#!/bin/bash
# box.sh SHARE CHECKOUT COMMAND...  (root)
# Boots this machine's own root file system, copy-on-write, under a real systemd as PID 1 of new namespaces; runs COMMAND inside
# (working folder /run/share, which is SHARE) and ends the box. Its exit status is COMMAND's. CHECKOUT is to be seen at the same
# place inside, copy-on-write too. There is no network, no sound card and no screen.
set -eu
share=$(readlink -f "$1") checkout=$(readlink -f "$2"); shift 2
box=$(mktemp -d); mkdir "$box/m"
cgroup=/sys/fs/cgroup/unified; [ -d "$cgroup" ] || cgroup=/sys/fs/cgroup
group=$cgroup/blind-eye-box-$$; mkdir -p "$group"
export box share cgroup checkout
( echo $BASHPID > "$group/cgroup.procs"
  exec unshare --fork --kill-child --pid --mount --cgroup --ipc --uts --net --propagation private bash -c '
set -eu; cd /
hostname box
mount -t tmpfs -o size=4g tmpfs "$box/m"; m=$box/m r=$box/m/root; mkdir "$m/upper" "$m/work" "$r"
mount -t overlay overlay -o lowerdir=/,upperdir="$m/upper",workdir="$m/work" "$r"
mount -t proc proc "$r/proc"; mount --bind "$r/proc/sys" "$r/proc/sys"; mount -o remount,bind,ro "$r/proc/sys"
mount -t sysfs -o ro sysfs "$r/sys"; mount -t cgroup2 cgroup2 "$r/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$r/dev"
for n in null zero full random urandom tty; do : > "$r/dev/$n"; mount --bind "/dev/$n" "$r/dev/$n"; done
mkdir "$r/dev/pts" "$r/dev/shm"; mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$r/dev/pts"
ln -s pts/ptmx "$r/dev/ptmx"; mount -t tmpfs tmpfs "$r/dev/shm"; ln -s /proc/self/fd "$r/dev/fd"
ln -s /proc/self/fd/0 "$r/dev/stdin"; ln -s /proc/self/fd/1 "$r/dev/stdout"; ln -s /proc/self/fd/2 "$r/dev/stderr"
: > "$r/dev/console"; : > "$box/console.log"; mount --bind "$box/console.log" "$r/dev/console"
mount -t tmpfs -o mode=755 tmpfs "$r/run"; mount -t tmpfs -o mode=1777 tmpfs "$r/tmp"
mkdir -p "$r/run/systemd/system" "$r/run/share"; mount --bind "$share" "$r/run/share"
printf "[Unit]\nRequires=basic.target\nAfter=basic.target\nWants=dbus.service\n" > "$r/run/systemd/system/box.target"
mkdir -p "$m/checkout/upper" "$m/checkout/work" "$r$checkout"
mount -t overlay overlay -o lowerdir="$checkout",upperdir="$m/checkout/upper",workdir="$m/checkout/work" "$r$checkout"
chmod o+rx "$r$checkout"
: > "$r/etc/machine-id"; ip link set lo up
cd "$r"; mkdir -p old; pivot_root . old; umount -l /old; mount --make-rshared /
exec env -i container=box PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  setpriv --bounding-set=-sys_module,-sys_time,-sys_rawio,-sys_boot /lib/systemd/systemd --system --unit=box.target \
  --log-target=journal-or-kmsg --show-status=false --default-standard-output=journal
' ) & outer=$!
pid=
for _ in $(seq 400); do
  sleep .05; pid=$(ps -o pid= --ppid "$outer" | tr -d ' ')
  [ -n "$pid" ] && [ -S "/proc/$pid/root/run/dbus/system_bus_socket" ] && break
done
code=0
timeout "${BOX_SECONDS:-210}" nsenter -t "$pid" -a bash -c 'cd /run/share && "$@"' - "$@" || code=$?
kill -9 "$pid"; wait "$outer" 2>/dev/null || true
find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
rm -rf "$box"; exit "$code"
