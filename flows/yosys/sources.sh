# What run.sh, equiv.sh and gates.sh read: the RTL of a block, the macro's Liberty, cells as Verilog. Sourced.
#   sources_list VIEW   SOURCES: files of syn.f, blackbox.f, or macro/hard.f (which holds the macro as a cell of a library), package first; MACRO_LIB: Liberty of the analog macro, empty where the block has none
#   sources_read        prints the Yosys commands that read the libraries as black boxes and the block, its top named BLOCK_TOP, flattened
#   sources_rtl         ... without the standard cells
#   cells_model         cells.v: the cells of netlist.v as Verilog, for simulators that know no UDPs
# SPDX-License-Identifier: Apache-2.0
in_work() { (cd "$WORK" && "$@"); } # `tee -o` takes no quoted names
sources_list() {
	local list=syn.f line
	MACRO_LIB=
	if [ "$KIND" = analog ] && [ -z "$1" ]; then
		list=blackbox.f
		case $BLOCK in top | tile)
			list=macro/hard.f
			MACRO_LIB=$OUT/macro/${PREFIX}macro.lib
			[ -r "$MACRO_LIB" ] || flow_die 2 "macro/${PREFIX}macro.lib is missing, the Liberty of the analog macro: emit the design with it (bitline gen --with macro,yosys), or take --view digital" ;;
		esac
	fi
	[ -r "$OUT/$list" ] || flow_die 2 "$list is missing in $(flow_show "$OUT"): emit the design again"
	SOURCES=()
	while read -r line; do
		case $line in '' | //*) ;; *) SOURCES+=("$(dirname "$OUT/$list")/$line") ;; esac
	done <"$OUT/$list"
}
sources_rtl() {
	local f p params=
	for p in $BLOCK_PARAMS; do params+=" -chparam ${p%%=*} ${p#*=}"; done
	[ -z "$MACRO_LIB" ] || printf 'read_liberty -lib "%s"\n' "$MACRO_LIB"
	for f in "${SOURCES[@]}"; do
		case $f in
		*/macro/${PREFIX}macro.v) [ -n "$MACRO_LIB" ] && continue ;; # the Liberty says what its pins are
		esac
		printf 'read_verilog -sv "%s"\n' "$f"
	done
	echo "hierarchy -check -top $BLOCK_TOP$params"
	echo "rename -top $BLOCK_TOP"
	# of all names of a net one stays, the same for synthesis and proof: equiv_make cuts a register only where its readers use the name that is matched
	echo "proc; flatten; opt_expr; opt_clean -purge"
}
sources_read() {
	printf 'read_liberty -lib "%s"\n' "$LIB_FILE"
	sources_rtl
}
cells_model() {
	local used
	used=$(awk '/^  [A-Za-z_][A-Za-z0-9_]* .* \($/ && $1 != "module" { print $1 }' "$WORK/netlist.v" | sort -u | grep -v -x "${PREFIX}macro")
	{
		printf 'read_liberty -overwrite -ignore_miss_func "%s"\n' "$LIB_FILE"
		echo "select" $used
		echo "proc"
		echo "write_verilog -noattr -selected cells.v"
	} >"$WORK/cells.ys"
	flow_step cells yosys in_work yosys -q cells.ys
}
