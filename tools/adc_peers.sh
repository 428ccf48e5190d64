# Controllers of others, for bench_adc.sh and bench_flow.sh to source: Yosys 0.23 and osu018 on their published sources.
# peer FIELD NAME: FIELD of bits cells area clocks right. Clocks: of one conversion; right: all codes, in a closed loop. "-": not to be had.
# SPDX-License-Identifier: Apache-2.0
adc_peers='SKY130_SAR-ADC core, non-binary|12|449|20997|16|yes (fixed width)
youssef47048 SAR|10|395|19189|35|yes
agorararmard SAR|8|219|11292|13 mean|255 of 256, one hangs
Gior-gio conventional SAR, ripple-clocked|10|84|6624|-|not tried
Gior-gio flash encoder|3|52|2416|-|any bubble gives 0
FLASHADC encoder|8|930|25212|-|own test bench fails'
peer() {
	local n
	case $1 in bits) n=2 ;; cells) n=3 ;; area) n=4 ;; clocks) n=5 ;; right) n=6 ;; *) return 1 ;; esac
	awk -F '|' -v name="$2" -v n=$n 'index($1, name) == 1 { print $n; found = 1; exit } END { exit !found }' <<<"$adc_peers"
}
