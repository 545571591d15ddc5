# What root runs to install Debian packages; @NAMES@ stands for them. `run` and deploy/packages.py make one line of it.
# Debian's PostgreSQL would make and start a cluster of its own, and nginx would take port 80: a configuration file and
# a policy forbid both. The policy is taken away afterwards, and one that was there before is put back.
# No single quotes here, and every line a whole statement: the line is handed over between single quotes.
set -e
export DEBIAN_FRONTEND=noninteractive
create=/etc/postgresql-common/createcluster.conf
test -e $create || { mkdir -p ${create%/*}; echo create_main_cluster = false > $create; }
policy=/usr/sbin/policy-rc.d
test ! -e $policy || mv $policy $policy.kept
restore() { rm -f $policy; test ! -e $policy.kept || mv $policy.kept $policy; }
trap restore EXIT
printf "#!/bin/sh\nexit 101\n" > $policy
chmod 755 $policy
apt-get -q update
apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends @NAMES@
