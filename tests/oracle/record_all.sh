#!/bin/sh
# record_all.sh RELEASE DIR : records every trace of tests/traces/RELEASE anew, into DIR (except standalone.json).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
release=$1 dir=$2
mkdir -p "$dir"
one() { name=$1; shift; python3 "$here/record.py" "$release" "$1" "$dir/$name.json" $2; }

one fixed gen_fixed.py ''
one fixed-quirks gen_fixed.py --quirks
one fixed-poison gen_fixed.py --poison
for part in requests broken poison killer_ttl killer_quota; do one "odd-$part" gen_odd.py "--part $part"; done
for part in watches sessions quota; do one "odd-$part" gen_odd_state.py "--part $part"; done
for profile in mixed watches multi acl sessions sequences odd quota; do
  for seed in 1 2; do one "random-$profile-$seed" gen_random.py "--profile $profile --seed $seed --steps 180"; done
done
one random-mixed-3 gen_random.py '--profile mixed --seed 3 --steps 200'
one random-watches-3 gen_random.py '--profile watches --seed 3 --steps 200'
one random-poison-1 gen_random.py '--profile poison --seed 1 --steps 120'
ZK_EXTRA=-Dzookeeper.enforceQuota=true
export ZK_EXTRA
one odd-quota-enforced gen_odd_state.py '--part quota'
one random-quota-enforced-3 gen_random.py '--profile quota --seed 3 --steps 180'
