# A Slurm of one machine for tests, in a directory of its own, on the loopback device: slurm_start DIR, slurm_controller_stop, slurm_controller_start, slurm_stop.
# Needs no munge and no cgroups. Exports SLURM_CONF. TOOLCHAIN.md, appendix C, is where the configuration comes from.
# SPDX-License-Identifier: Apache-2.0

slurm_missing() { # says what is missing, or nothing
	local t
	for t in slurmctld slurmd sbatch squeue sinfo scontrol; do
		PATH=$PATH:/usr/sbin command -v $t >/dev/null || { echo "no $t: apt-get install slurm-wlm"; return; }
	done
	[ "$(id -u)" = 0 ] || echo "slurmd starts tasks as root only"
}

slurm_write_conf() {
	local host port=$((20000 + $$ % 12000 * 2))
	host=$(hostname)
	mkdir -p "$slurm_dir"/{state,spool,log,run}
	cat >"$SLURM_CONF" <<-EOF
		ClusterName=one
		SlurmctldHost=$host(127.0.0.1)
		SlurmUser=root
		SlurmdUser=root
		SlurmctldPort=$port
		SlurmdPort=$((port + 1))
		AuthType=auth/none
		CredType=cred/none
		CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
		StateSaveLocation=$slurm_dir/state
		SlurmdSpoolDir=$slurm_dir/spool
		SlurmctldPidFile=$slurm_dir/run/slurmctld.pid
		SlurmdPidFile=$slurm_dir/run/slurmd.pid
		SlurmctldLogFile=$slurm_dir/log/slurmctld.log
		SlurmdLogFile=$slurm_dir/log/slurmd.log
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		JobAcctGatherType=jobacct_gather/none
		AccountingStorageType=accounting_storage/none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_Core
		SchedulerType=sched/backfill
		SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0
		MpiDefault=none
		SwitchType=switch/none
		ReturnToService=2
		InactiveLimit=0
		KillWait=5
		NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) Boards=1 SocketsPerBoard=1 CoresPerSocket=$(nproc) ThreadsPerCore=1 RealMemory=500 State=UNKNOWN
		PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
	EOF
}

slurm_controller_start() {
	slurmctld -D -f "$SLURM_CONF" >>"$slurm_dir/log/ctld.out" 2>&1 &
	slurm_ctld=$!
}

slurm_controller_stop() {
	[ -n "${slurm_ctld:-}" ] || return 0
	kill "$slurm_ctld" 2>/dev/null
	wait "$slurm_ctld" 2>/dev/null
	slurm_ctld=''
}

slurm_start() { # DIR; 1: the node does not come up
	local i
	PATH=$PATH:/usr/sbin
	slurm_dir=$1
	export SLURM_CONF=$slurm_dir/slurm.conf
	slurm_write_conf
	slurm_controller_start
	slurmd -D -f "$SLURM_CONF" >"$slurm_dir/log/d.out" 2>&1 &
	slurm_d=$!
	for i in $(seq 150); do
		[ "$(timeout 10 sinfo -h -o %T 2>/dev/null)" = idle ] && return 0
		sleep 0.2
	done
	tail -n 5 "$slurm_dir"/log/*
	return 1
}

slurm_stop() {
	if [ -n "${slurm_d:-}" ]; then
		[ -n "${slurm_ctld:-}" ] && timeout 20 scancel -u root --state=PENDING,RUNNING 2>/dev/null
		kill "$slurm_d" 2>/dev/null
		wait "$slurm_d" 2>/dev/null
		slurm_d=''
	fi
	slurm_controller_stop
}
