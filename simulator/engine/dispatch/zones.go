package dispatch

// Templates name time zones (`dateInZone`). The WebAssembly engine has no disk to read them from, and a machine may lack them.
import _ "time/tzdata"
