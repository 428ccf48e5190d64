// A channel that takes a value at once: no update request, no event. For ports whose one reader or writer knows himself when to look.
// The model of `verilator --sc` reads every input twice a clock, through a port and a virtual function each time; it is compiled with this header
// (device_systemc.c), which lets it go straight to the wire: all its ports are bound to wires (sc_top.h).
// SPDX-License-Identifier: Apache-2.0
#ifndef COSIM_SC_WIRE_H
#define COSIM_SC_WIRE_H
#include <systemc>

template <typename T> class sc_wire_base : public sc_core::sc_signal_inout_if<T> {
public:
	const T &now() const { return value_; }
	void set(const T &x) { value_ = x; }
	const T &read() const final { return value_; }
	const T &get_data_ref() const final { return value_; }
	void write(const T &x) final { value_ = x; }
	const sc_core::sc_event &default_event() const final { return never_; }
	const sc_core::sc_event &value_changed_event() const final { return never_; }
	bool event() const final { return false; }

protected:
	T value_ = T();
	sc_core::sc_event never_;
};

template <typename T> class sc_wire final : public sc_wire_base<T> {
public:
	void operator=(T x) { this->value_ = x; }
	operator T() const { return this->value_; }
};

template <> class sc_wire<bool> final : public sc_wire_base<bool> {
public:
	const sc_core::sc_event &posedge_event() const override { return never_; }
	const sc_core::sc_event &negedge_event() const override { return never_; }
	bool posedge() const override { return false; }
	bool negedge() const override { return false; }
	void operator=(bool x) { value_ = x; }
	operator bool() const { return value_; }
};

template <typename T> inline const T &sc_wire_read(const sc_core::sc_in<T> &port)
{
	return static_cast<const sc_wire_base<T> *>(port.operator->())->now();
}

template <typename T, typename V> inline void sc_wire_write(sc_core::sc_out<T> &port, V value)
{
	static_cast<sc_wire_base<T> *>(port.operator->())->set(static_cast<T>(value));
}

// verilated_funcs.h: port to variable, variable to port, up to 32 and 64 bits
#ifdef VL_ASSIGN_ISI
#undef VL_ASSIGN_ISI
#undef VL_ASSIGN_QSQ
#undef VL_ASSIGN_SII
#undef VL_ASSIGN_SQQ
#define VL_ASSIGN_ISI(obits, vvar, svar) { (vvar) = VL_CLEAN_II((obits), (obits), sc_wire_read(svar)); }
#define VL_ASSIGN_QSQ(obits, vvar, svar) { (vvar) = VL_CLEAN_QQ((obits), (obits), sc_wire_read(svar)); }
#define VL_ASSIGN_SII(obits, svar, vvar) { sc_wire_write(svar, vvar); }
#define VL_ASSIGN_SQQ(obits, svar, vvar) { sc_wire_write(svar, vvar); }
#endif
#endif
