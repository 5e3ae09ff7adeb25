module crosswise

go 1.20

require github.com/emmansun/gmsm v0.29.3

require (
	golang.org/x/crypto v0.29.0 // indirect
	golang.org/x/sys v0.27.0 // indirect
)
