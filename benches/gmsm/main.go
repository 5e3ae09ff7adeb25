// The windows of gmsm for the table of sm2_peers, which starts this program and speaks lines with it.
//
// The first line out is "public key, message, signature" in hexadecimal digits, so that the other side can
// check that both do the same. Then each line in, "sign COUNT", "verify COUNT" or "sm3 COUNT", is answered by
// the nanoseconds of this thread's processor time that so many took. The collector's own threads do not
// count, which is in favour of gmsm.
package main

import (
	"bufio"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"log"
	"os"
	"runtime"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/sys/unix"
)

const messageLength = 2048

func main() {
	runtime.GOMAXPROCS(1)
	runtime.LockOSThread()
	key, err := sm2.GenerateKey(rand.Reader)
	check(err)
	message := make([]byte, messageLength)
	for i := range message {
		message[i] = byte(i * 7)
	}
	uid := []byte("1234567812345678")
	sign := func() []byte {
		signature, err := key.SignWithSM2(rand.Reader, uid, message)
		check(err)
		return signature
	}
	signature := sign()
	public := elliptic.Marshal(key.Curve, key.X, key.Y)
	fmt.Printf("%x %x %x\n", public, message, signature)

	operations := map[string]func(){
		"sign": func() { sign() },
		"verify": func() {
			if !sm2.VerifyASN1WithSM2(&key.PublicKey, uid, message, signature) {
				log.Fatal("gmsm refuses its own signature")
			}
		},
		"sm3": func() { sm3.Sum(message) },
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var name string
		var count int
		_, err := fmt.Sscanf(lines.Text(), "%s %d", &name, &count)
		check(err)
		operation, known := operations[name]
		if !known {
			log.Fatalf("%s is not measured here", name)
		}
		start := threadTime()
		for i := 0; i < count; i++ {
			operation()
		}
		fmt.Println(threadTime() - start)
	}
	check(lines.Err())
}

// Nanoseconds of processor time of this thread, to which main is locked.
func threadTime() int64 {
	var time unix.Timespec
	check(unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &time))
	return time.Nano()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
