module czei-bench-gmsm

go 1.21

// gmsm: the fastest SM2 in Go (assembly, constant time), the peer that most figures are set against.
require github.com/emmansun/gmsm v0.15.5

// sys: the processor time of a thread, which Go's own library does not tell; gmsm brings it anyway.
require golang.org/x/sys v0.30.0

require golang.org/x/crypto v0.4.0 // indirect
