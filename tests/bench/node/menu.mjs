// The petition as a menu of ussd-menu-builder: the same questions as the gateway's flow.
import UssdMenu from 'ussd-menu-builder'

const SIGNATURE = '【哈尔滨市妇联】'
const menu = new UssdMenu()
const ask = (words) => () => menu.con(SIGNATURE + words)

menu.startState({
  run: ask('您好！回数字选：1亲情电话 2反映问题 3安全求助 5查办理进度 0人工。有危险回9或打110'),
  next: { 2: 'kind', 5: 'progress' },
})
menu.state('progress', { run: ask('请回复编号') })
menu.state('kind', {
  run: ask('反映问题分4步，约3分钟，只收普通短信费。姓名和内容保密，不告诉被反映的人。开始回1，不愿留名回2。'),
  next: { '*^[12]$': 'class' },
})
menu.state('class', {
  run: ask('哪一类？1婚姻家庭 2土地 3受到伤害 4工作 5孩子老人 6公家办事 7其他'),
  next: { '*^[1-7]$': 'district' },
})
menu.state('district', { run: ask('在哪里？1道里 2南岗 3道外 4香坊 5平房 6松北 7其他'), next: { '*^[1-7]$': 'street' } })
menu.state('street', { run: ask('请说明是哪个街道或乡镇，回数字选'), next: { '*^[1-7]$': 'story' } })
menu.state('story', {
  run: ask('请把事情写下来，可以分几条发，发完回1。'),
  next: { '*^1$': 'contact', '*..': 'story' },
})
menu.state('contact', { run: ask('怎样联系您安全？1打电话 2发短信 3不要联系我'), next: { '*^[1-3]$': 'end' } })
menu.state('end', {
  run: () => menu.end(`${SIGNATURE}已登记，编号${10000000 + Math.floor(Math.random() * 60000000)}。15日内告诉您由谁办、怎么办。查进度发5加编号。`),
})

/**
 * What to say to a text, and the state to keep. `state.route` is everything she sent so far as the library wants it
 * (null: she is at the start). The library finds the step by walking the route and calls back at once.
 */
export function petitionMenu(state, text) {
  const part = text.replaceAll('*', ' ')
  const route = state.route === null ? '' : state.route === '' ? part : `${state.route}*${part}`
  let said = ''
  menu.onResult = (result) => { said = result }
  menu.resolve = null
  menu.resolveRoute(route, (error, step) => {
    if (error) throw error
    menu.runState(step)
  })
  if (!said) throw new Error('the menu did not answer at once')
  const over = said.startsWith('END ')
  return { words: said.slice(4), state: { route: over ? null : route }, petition: over ? { route } : undefined }
}
