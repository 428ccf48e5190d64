// The hand-written core of one size, as the harness builds a device: device_build("tests/bench", "cim_", ..).
// SPDX-License-Identifier: Apache-2.0
bare256.sv
bare256_array.sv
