# netlist.v against the RTL, register by register and output by output. Sourced by run.sh.
# Both are read as they are, without optimization, and turned into gates; cone.awk makes every register an input and its next state, asynchronous set and clear
# and clock outputs; abc (cec) proves the pairs of outputs, for every input and every state. So from equal states both go to equal states, whatever the inputs
# were: no reset sequence, no depth of induction. Cells are what their Liberty says (ff groups and functions).
#   Registers that synthesis took away: constants (a power-up value that the RTL leaves open is chosen; the step and the reset must keep it, which is proven),
#   copies of another one (proven likewise), and those that nothing reads (free inputs of the proof, which must not matter).
#   x of the RTL is read as 0, the value that the netlist must then have: the choice is the RTL's to leave, so a proof stays one.
# SPDX-License-Identifier: Apache-2.0
[ -r "$here/cone.awk" ] || flow_die 2 "flow/yosys/cone.awk is missing: emit the design again (bitline gen --with yosys)"
rm -f "$WORK"/equiv*
{
	sources_rtl
	cat <<END
memory_collect
memory_map
dffunmap
opt_clean
simplemap
techmap
opt_clean
setundef -zero -undriven
write_blif equiv_rtl.blif
design -reset
read_liberty -overwrite -ignore_miss_func "$LIB_FILE"
read_verilog netlist.v
hierarchy -check -top $BLOCK_TOP
proc
flatten
dffunmap
techmap
opt_clean
write_blif equiv_netlist.blif
END
} >"$WORK/equiv.ys"
flow_step equiv yosys in_work yosys -q equiv.ys

: >"$WORK/equiv_free"
while :; do
	rm -f "$WORK/equiv_ties" && : >"$WORK/equiv_ties"
	in_work awk -v RTL=equiv_r.blif -v NETLIST=equiv_n.blif -v TIES=equiv_ties -v FREE=equiv_free -f "$here/cone.awk" \
		stage=netlist equiv_netlist.blif stage=rtl equiv_rtl.blif >"$WORK/equiv_counts" 2>"$WORK/equiv.log" || flow_fail equiv awk "$(flow_complaint "$WORK/equiv.log")"
	grep -q ' = [01]$' "$WORK/equiv_ties" || break
	# which constants stay so: abc sees it when it has merged equal nodes
	awk 'FNR == NR { if ($3 ~ /^[01]$/ && NF == 3) tied[$1 "/next"] = 1; next } $1 != ".outputs" || $2 in tied' "$WORK/equiv_ties" "$WORK/equiv_r.blif" >"$WORK/equiv_t.blif"
	flow_step equiv yosys-abc in_work yosys-abc -c "read_blif equiv_t.blif; strash; fraig; write_blif equiv_f.blif"
	[ -s "$WORK/equiv_f.blif" ] || flow_fail equiv yosys-abc "$(flow_complaint "$WORK/equiv.log")"
	awk 'FNR == NR { if ($3 ~ /^[01]$/ && NF == 3) value[$1] = $3; next }
		is != "" { if (/^[01 ]*[01]$/ && NF == 1) constant[is] = $1; else if (/^\./) constant[is] = 0; is = "" }
		$1 == ".names" && NF == 2 { is = $2 }
		$1 == ".names" && NF == 3 { copy[$3] = $2 }
		END { for (q in value) { net = q "/next"; if (net in copy) net = copy[net]; if (constant[net] "" != value[q]) print q } }' \
		"$WORK/equiv_ties" "$WORK/equiv_f.blif" | sort >"$WORK/equiv_more"
	[ -s "$WORK/equiv_more" ] || break
	cat "$WORK/equiv_more" >>"$WORK/equiv_free"
done

lost=$(sed -n 's/^lost //p' "$WORK/equiv_counts" | head -n 1 | sed 's/^\(_[0-9]*_\)\..*/\1/') # the cell, where flattening has named the net for its pin
[ -z "$lost" ] || flow_fail equiv cone.awk "register '$lost' of the netlist is not found in the RTL by name: netlist.v is of other RTL, or synthesis lost the name"
count() { awk -v key="$1" '$1 == key { print $2 }' "$WORK/equiv_counts"; }
points=$(count points)
flow_step equiv yosys-abc in_work yosys-abc -c "cec -T 1000000 -C 1000000000 equiv_r.blif equiv_n.blif"
first=
if grep -q '^Networks are equivalent' "$WORK/equiv.log"; then
	open=0
else
	open=$(sed -n 's/^Verification failed for at least \([0-9]*\) outputs:.*/\1/p' "$WORK/equiv.log")
	first=$(sed -n 's/^Output \(.*\): Value in Network1.*/\1/p' "$WORK/equiv.log" | head -n 1)
	[ -n "$open" ] || flow_fail equiv yosys-abc "$(flow_complaint "$WORK/equiv.log")"
fi
{
	printf '{\n  "flow": "yosys",\n  "design": "%s",\n  "config_sha256": "%s",\n  "block": "%s",\n  "library": "%s",\n' "$DESIGN" "$CONFIG_SHA256" "$BLOCK" "$LIB_NAME"
	printf '  "netlist_sha256": "%s",\n  "method": "combinational, registers by name",\n' "$(sha256sum "$WORK/netlist.v" | cut -c 1-64)"
	printf '  "registers": %d,\n  "tied": %d,\n  "unread": %d,\n' "$(count registers)" "$(count tied)" "$(count unread)"
	printf '  "points": %d,\n  "different": %d,\n  "proven": %s\n}\n' "$points" "$open" "$([ "$open" = 0 ] && echo true || echo false)"
} >"$WORK/equiv.json.new" && mv "$WORK/equiv.json.new" "$WORK/equiv.json" || flow_die 1 "cannot write $(flow_show "$WORK/equiv.json")"
[ "$open" = 0 ] || flow_fail equiv yosys-abc "the netlist is not the RTL: at least $open of $points points differ, the first: $first"
rm -f "$WORK"/equiv_[rntf].blif "$WORK"/equiv_rtl.blif "$WORK"/equiv_netlist.blif "$WORK/equiv_more"
echo "flow-yosys $DESIGN $BLOCK $LIB_NAME: netlist equals RTL, $points points proven ($(count registers) registers of the RTL, $(count tied) of them constants or copies, $(count unread) unread); $(flow_show "$WORK/equiv.json")"
